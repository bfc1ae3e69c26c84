import { parseArgs, type ParseArgsConfig } from 'node:util';
import { TROUBLE_KINDS, type TroubleKind } from '../simulator/trouble.ts';
import { UsageError } from './exit-code.ts';

export interface SimulateArguments {
  readonly command: 'simulate';
  readonly troubles: readonly PlannedTrouble[];
  readonly ranks: number;
  readonly steps: number;
  readonly workers: number;
  readonly format: 'kineto' | 'spans';
  readonly stacks: boolean;
  readonly seed: number;
  /** A folder, made where there is none. */
  readonly out: string;
}

export interface PlannedTrouble {
  readonly kind: TroubleKind;
  /** By which share the step grows: 0.3 is 30 %. */
  readonly severity: number;
}

const DEFAULT_SEVERITY = 0.3;

const OPTIONS = {
  trouble: { type: 'string', multiple: true, default: [] },
  ranks: { type: 'string', default: '1' },
  steps: { type: 'string', default: '30' },
  workers: { type: 'string', default: '4' },
  format: { type: 'string', default: 'kineto' },
  stacks: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  out: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/** What the words after `simulate` ask for. Throws a {@link UsageError}. */
export function parseSimulate(words: readonly string[]): SimulateArguments {
  const { values, positionals } = parseWords(words);
  if (positionals.length > 0) {
    throw new UsageError(
      `simulate takes no path: name the folder as --out ${positionals[0] ?? ''}`,
    );
  }
  if (values.out === undefined || values.out === '') {
    throw new UsageError('simulate needs a folder for its files: --out DIR');
  }
  if (values.format !== 'kineto' && values.format !== 'spans') {
    throw new UsageError(`--format can be kineto or spans, not ${JSON.stringify(values.format)}`);
  }
  return {
    command: 'simulate',
    troubles: values.trouble.map(parseTrouble),
    ranks: wholeNumber('--ranks', values.ranks, 1, 1_024),
    steps: wholeNumber('--steps', values.steps, 2, 100_000),
    workers: wholeNumber('--workers', values.workers, 0, 256),
    format: values.format,
    stacks: values.stacks,
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    out: values.out,
  };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) {
      throw new UsageError(error.message.split(/\. |\n/, 1)[0] ?? error.message);
    }
    throw error;
  }
}

function parseTrouble(word: string): PlannedTrouble {
  const [name = '', severityText] = word.split('=', 2);
  const kind = TROUBLE_KINDS.find((known) => known === name);
  if (kind === undefined) {
    throw new UsageError(
      `There is no trouble ${JSON.stringify(name)}; the troubles are ${TROUBLE_KINDS.join(', ')}`,
    );
  }
  const severity = severityText === undefined ? DEFAULT_SEVERITY : Number(severityText);
  if (severityText === '' || !(severity > 0 && severity <= 10)) {
    throw new UsageError(
      `The severity of ${kind} is the share by which steps grow, above 0 and at most 10, not ${JSON.stringify(severityText)}`,
    );
  }
  return { kind, severity };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(
      `${option} can be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`,
    );
  }
  return value;
}
