import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { type DetectorOptions, detectorSettings } from '../core/detectors/registry.ts';
import {
  type MetricMapping,
  TIME_UNITS,
  zoneMinutes,
} from '../core/formats/metric-files/metric-mapping.ts';
import { CONFIG_FILE } from './config-file.ts';
import { FileError } from './file-error.ts';

/** Thresholds are few; a larger file is something else. */
const MAX_BYTES = 1_048_576;

export interface Config {
  /** Null where there is none. */
  readonly path: string | null;
  readonly detectors: DetectorOptions;
  /** The run to compare with, a file or a folder; null where none is named. */
  readonly baseline: string | null;
  /** How to read files of metrics; the first that names a file wins. */
  readonly metrics: readonly MetricMapping[];
}

/** The file says what cannot be; the message names the file, each wrong value and why it is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(path: string, reasons: readonly string[]) {
    super(`${path} cannot be used: ${reasons.join('; ')}. Correct it, then analyze again.`);
  }
}

const text = z.string().min(1).max(200);

const mappingSchema = z.strictObject({
  files: text,
  time: text.optional(),
  timeUnit: z.enum(TIME_UNITS).optional(),
  timeZone: z
    .string()
    .refine((zone) => zoneMinutes(zone) !== null, 'must be such as Z, +02:00 or -07:00')
    .optional(),
  step: text.optional(),
  rank: text.optional(),
  name: text.optional(),
  value: text.optional(),
  stepTime: text.optional(),
  units: z.record(z.string(), text).optional(),
});

const configSchema = z.strictObject({
  $schema: z.string().optional(),
  /** From the folder of the configuration. */
  baseline: z.string().min(1).optional(),
  metrics: z.array(mappingSchema).max(100).optional(),
  detectors: z
    .strictObject(
      Object.fromEntries(
        Object.entries(detectorSettings()).map(([id, settings]) => [
          id,
          z
            .strictObject(
              Object.fromEntries(
                Object.entries(settings).map(([name, { minimum, maximum }]) => [
                  name,
                  z.number().min(minimum).max(maximum).optional(),
                ]),
              ),
            )
            .optional(),
        ]),
      ),
    )
    .optional(),
});

/**
 * The nearest configuration in `folder` or above it, not above `top`.
 *
 * @throws {ConfigError} for what it says; {FileError} where it cannot be read.
 */
export async function readConfig(folder: string, top?: string): Promise<Config> {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, CONFIG_FILE);
    const text = await readIfThere(path);
    if (text !== null) {
      return { path, ...parseConfig(path, text) };
    }
    if (at === top || at === dirname(at)) {
      return { path: null, detectors: {}, baseline: null, metrics: [] };
    }
  }
}

/** What the configuration of the project says, before what `settings` say. */
export function overlayOptions(settings: DetectorOptions, { detectors }: Config): DetectorOptions {
  const ids = [...new Set([...Object.keys(settings), ...Object.keys(detectors)])];
  return Object.fromEntries(ids.map((id) => [id, { ...settings[id], ...detectors[id] }]));
}

function parseConfig(path: string, text: string): Omit<Config, 'path'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(path, [`it is not JSON (${String(error)})`]);
  }
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(path, parsed.error.issues.map(describeIssue));
  }
  const { detectors = {}, baseline, metrics = [] } = parsed.data;
  return {
    detectors: definedOnly(detectors),
    baseline: baseline === undefined ? null : resolve(dirname(path), baseline),
    metrics,
  };
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const place = path.map(String).join('.');
  return place === '' ? message : `${place}: ${message}`;
}

type Options = Record<string, Record<string, number>>;

function definedOnly(
  detectors: Readonly<Record<string, Readonly<Record<string, number | undefined>> | undefined>>,
): Options {
  return Object.fromEntries(
    Object.entries(detectors).map(([id, options]) => [
      id,
      Object.fromEntries(
        Object.entries(options ?? {}).filter(
          (entry): entry is [string, number] => entry[1] !== undefined,
        ),
      ),
    ]),
  );
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new ConfigError(path, [`it is larger than ${MAX_BYTES / 1_048_576} MB`]);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) {
      throw error;
    }
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return null;
    }
    throw new FileError(path, error);
  }
}
