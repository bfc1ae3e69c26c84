import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './exit-code.ts';
import { parseRanks } from './parse-ranks.ts';
import { parseSimulate, type SimulateArguments } from './parse-simulate.ts';

export interface AnalyzeArguments {
  readonly command: 'analyze';
  readonly paths: readonly string[];
  readonly format: 'text' | 'json' | 'markdown';
  /** Where to write the report as a page; null where none is wanted. */
  readonly html: string | null;
  /** The least severity that makes the exit code 1; null where findings do not matter for it. */
  readonly failOn: 'warning' | 'error' | null;
  /** Null is every rank. */
  readonly ranks: readonly number[] | null;
  /** Name of the run where the paths hold several; null is the newest. */
  readonly run: string | null;
  /** File or folder of the run to compare with; null is what the project's configuration says. */
  readonly baseline: string | null;
  /** Of events that need more, only those of some steps are read; null is no limit. */
  readonly memoryLimitMb: number | null;
  readonly usesColor: boolean;
}

export type Arguments =
  | AnalyzeArguments
  | SimulateArguments
  | { readonly command: 'help' }
  | { readonly command: 'version' };

const OPTIONS = {
  format: { type: 'string', default: 'text' },
  'fail-on': { type: 'string' },
  rank: { type: 'string', multiple: true, default: [] },
  run: { type: 'string' },
  baseline: { type: 'string' },
  html: { type: 'string' },
  'memory-limit': { type: 'string' },
  'no-color': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** What the words after the program's name ask for. Throws a {@link UsageError}. */
export function parseArguments(words: readonly string[]): Arguments {
  if (words[0] === 'simulate' && !words.includes('--help')) {
    return parseSimulate(words.slice(1));
  }
  const { values, positionals } = parseWords(words);
  const command = positionals.at(0);
  const paths = positionals.slice(1);
  if (values.version) {
    return { command: 'version' };
  }
  if (values.help || words.length === 0 || command === 'help') {
    return { command: 'help' };
  }
  if (command !== 'analyze') {
    throw new UsageError(
      command === undefined
        ? 'A command is missing: training-sleuth analyze PATH…'
        : `There is no command ${command}. Did you mean: training-sleuth analyze ${command}`,
    );
  }
  return parseAnalyze(values, paths);
}

function parseAnalyze(
  values: ReturnType<typeof parseWords>['values'],
  paths: readonly string[],
): AnalyzeArguments {
  if (paths.length === 0) {
    throw new UsageError(
      'analyze needs at least one file or folder: training-sleuth analyze PATH…',
    );
  }
  return {
    command: 'analyze',
    paths,
    format: oneOf('--format', values.format, ['text', 'json', 'markdown']),
    failOn: parseFailOn(values['fail-on']),
    ranks: values.rank.length === 0 ? null : parseRanks(values.rank),
    run: values.run ?? null,
    baseline: values.baseline ?? null,
    html: values.html ?? null,
    memoryLimitMb: parseMegabytes(values['memory-limit']),
    usesColor: !values['no-color'],
  };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) {
      throw new UsageError(firstSentence(error.message));
    }
    throw error;
  }
}

function parseFailOn(value: string | undefined): AnalyzeArguments['failOn'] {
  return value === undefined
    ? null
    : oneOf<'warning' | 'error'>('--fail-on', value, ['warning', 'error']);
}

function parseMegabytes(value: string | undefined): number | null {
  if (value !== undefined && !/^[1-9]\d{1,6}$/.test(value)) {
    throw new UsageError(`--memory-limit is a number of megabytes, such as 4096, not ${value}`);
  }
  return value === undefined ? null : Number(value);
}

/** Node goes on about `--`, which helps nobody here. */
function firstSentence(message: string): string {
  return message.split(/\. |\n/, 1)[0] ?? message;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`${option} can be ${allowed.join(' or ')}, not ${JSON.stringify(value)}`);
  }
  return found;
}
