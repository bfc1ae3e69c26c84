import type { Phase } from '../../model/phase.ts';
import type { LogDialect, LogNumber, LogPart, LogRecord, LogStep } from './log-dialect.ts';
import type { LogLine } from './log-line.ts';
import { bytesIn, logNumber, msIn } from './log-number.ts';

/** What a part of a step is; `inside` names the part that it lies in. */
export interface PartRule {
  readonly phase: Phase;
  readonly inside?: string;
}

/** How to read one sort of line. Expressions repeat nothing without a bound but single characters. */
export interface LinePattern {
  /** What looks like such a line; `step` is its number, which `epoch` and `total` make one of the run. */
  readonly marker: RegExp;
  /** Global, with the groups `key`, `value` and `unit`, of which key and unit may be empty. */
  readonly field: RegExp;
  /** Keys that give the time of a step, with the unit where the line does not say it. */
  readonly duration?: ReadonlyMap<string, 'ms' | 's'>;
  /** Keys that give the time of all steps until now. */
  readonly total?: ReadonlyMap<string, 'ms' | 's'>;
  /** Whether times are means over the steps since the line before. */
  readonly isMean: boolean;
  readonly parts?: ReadonlyMap<string, PartRule>;
  /** Of the parts, where the line does not say it. */
  readonly partUnit?: 'ms' | 's';
  /** Keys that are no numbers of their own. */
  readonly ignored?: readonly string[];
}

/** A line of parts of the step before it. */
export interface PartsPattern {
  readonly marker: RegExp;
  readonly field: RegExp;
  readonly parts: ReadonlyMap<string, PartRule>;
}

export interface PatternTable {
  readonly id: string;
  /** See {@link LogDialect}. */
  readonly hint: string;
  readonly step: LinePattern;
  readonly parts?: readonly PartsPattern[];
  /** Where the first step begins, whose number is `step`. */
  readonly start?: RegExp;
}

const MAX_FIELDS = 64;

/** Larger numbers are no steps. */
const MAX_STEP = 2 ** 31 - 2;

interface Field {
  readonly key: string;
  readonly value: number;
  readonly unit: string;
}

/** A dialect whose lines a table describes. */
export function patternDialect({ id, hint, step, parts = [], start }: PatternTable): LogDialect {
  return {
    id,
    hint,
    isOfJob: false,
    isClosed: false,
    read(line) {
      const match = step.marker.exec(line.text);
      if (match !== null) {
        return readStep(line, match, step);
      }
      const first = start?.exec(line.text)?.groups?.['step'];
      if (first !== undefined) {
        return { kind: 'start', number: Number(first) - 1 };
      }
      const pattern = parts.find(({ marker }) => marker.test(line.text));
      return pattern === undefined ? null : readParts(line, pattern);
    },
  };
}

function readStep(line: LogLine, match: RegExpExecArray, pattern: LinePattern): LogRecord | string {
  const number = numberOf(match);
  const fields = fieldsOf(line.text, pattern.field);
  const durationMs = positive(timeOf(fields, pattern.duration));
  const totalMs = timeOf(fields, pattern.total);
  if (!(number <= MAX_STEP)) {
    return 'the number of this step cannot be read';
  }
  if (isMissing(pattern.duration, durationMs) || isMissing(pattern.total, totalMs)) {
    return 'the time of this step cannot be read';
  }
  if (durationMs === null && totalMs === null && line.timeUs === null) {
    return 'this line of a step has no time';
  }
  return {
    kind: 'step',
    number,
    durationMs,
    totalMs,
    isMean: pattern.isMean,
    numbers: numbersOf(fields, pattern),
    parts: partsOf(fields, pattern.parts, pattern.partUnit ?? 'ms'),
  } satisfies LogStep;
}

function readParts({ text }: LogLine, pattern: PartsPattern): LogRecord | null {
  const parts = partsOf(fieldsOf(text, pattern.field), pattern.parts, 'ms');
  return parts.length === 0 ? null : { kind: 'parts', parts };
}

/** Of lines that count within an epoch, the step of the run. */
function numberOf({ groups = {} }: RegExpExecArray): number {
  const { step, epoch, total } = groups as Groups;
  return epoch === undefined ? Number(step) : Number(epoch) * Number(total) + Number(step);
}

/** Those that a branch left out took no part in are not there. */
type Groups = Readonly<Partial<Record<string, string>>>;

function isMissing(keys: LinePattern['duration'], ms: number | null): boolean {
  return keys !== undefined && ms === null;
}

function fieldsOf(text: string, expression: RegExp): Field[] {
  const fields: Field[] = [];
  for (const { groups = {} } of text.matchAll(expression)) {
    const unit = (groups['unit'] as string | undefined) ?? '';
    const key = ((groups['key'] as string | undefined) ?? unit).trim();
    fields.push({ key, value: logNumber(groups['value']), unit });
    if (fields.length === MAX_FIELDS) {
      break;
    }
  }
  return fields;
}

/** Milliseconds; null where there is no such time, or none that can be. */
function timeOf(fields: readonly Field[], keys: LinePattern['duration']): number | null {
  const field = fields.find(({ key }) => keys?.has(key) === true);
  if (keys === undefined || field === undefined) {
    return null;
  }
  const ms = field.value * (msIn(field.unit) ?? msIn(keys.get(field.key) ?? 'ms') ?? 1);
  return ms >= 0 && ms < 1e12 ? ms : null;
}

function positive(ms: number | null): number | null {
  return ms === 0 ? null : ms;
}

function partsOf(
  fields: readonly Field[],
  rules: ReadonlyMap<string, PartRule> | undefined,
  unit: 'ms' | 's',
): LogPart[] {
  return fields.flatMap(({ key, value, unit: own }) => {
    const rule = rules?.get(key);
    const ms = value * (msIn(own) ?? msIn(unit) ?? 1);
    return rule === undefined || !(ms > 0 && ms < 1e12) ? [] : [{ name: key, ...rule, ms }];
  });
}

function numbersOf(fields: readonly Field[], pattern: LinePattern): LogNumber[] {
  const { duration, total, parts, ignored = [] } = pattern;
  return fields
    .filter(
      ({ key, value }) =>
        key !== '' &&
        Number.isFinite(value) &&
        !ignored.includes(key) &&
        ![duration, total, parts].some((keys) => keys?.has(key) === true),
    )
    .map(({ key, value, unit }): LogNumber => {
      const bytes = bytesIn(unit);
      return bytes === null ? [nameOf(key, unit), value] : [key, Math.round(value * bytes)];
    });
}

function nameOf(key: string, unit: string): string {
  return unit === '' || key === unit ? key : `${key} (${unit})`;
}
