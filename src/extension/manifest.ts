import * as z from 'zod';
import { DETECTOR_SETTINGS } from './ids.ts';

const manifestSchema = z.object({
  version: z.string(),
  contributes: z.object({
    configuration: z.array(z.object({ properties: z.record(z.string(), z.unknown()) })),
  }),
});

export interface ManifestFacts {
  readonly version: string;
  /** The settings that are thresholds of detectors. */
  readonly detectorSettings: readonly string[];
}

/** What the extension needs of its own manifest. */
export function readManifest(packageJson: unknown): ManifestFacts {
  const { version, contributes } = manifestSchema.parse(packageJson);
  const names = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
  return {
    version,
    detectorSettings: names.filter((name) => name.startsWith(DETECTOR_SETTINGS)),
  };
}
