import type { LineTime } from '../model/baseline.ts';
import type { LineBaseline, LineCost } from '../model/report.ts';
import type { SourceLocation } from '../model/source-candidate.ts';

/** What later runs compare their lines with. */
export function lineTimesOf(lines: readonly LineCost[]): LineTime[] {
  return lines.map(({ name, phase, location, call, perStep: { p50Ns, meanNs } }) => ({
    ...{ name, phase, location, p50Ns, meanNs },
    ...(call === undefined ? {} : { call }),
  }));
}

/**
 * Gives each line what the baseline measured of it. Lines are the same by name, phase and name of the
 * file, for code moves between runs; of several such lines, those are that stand on the same line, or, where
 * both runs have equally many, in the same order. What is named by its line number alone is not compared.
 */
export function compareLines(
  lines: readonly LineCost[],
  earlier: readonly LineTime[] | null,
): LineCost[] {
  if (earlier === null) {
    return [...lines];
  }
  const own = groupByIdentity(lines);
  const others = groupByIdentity(earlier);
  return lines.map((line) => {
    const key = identityOf(line);
    const match = key === null ? null : findSame(line, own.get(key) ?? [], others.get(key) ?? []);
    return { ...line, baseline: match === null ? null : compare(line, match) };
  });
}

/** The same line of another run, as {@link compareLines} tells; `line` is one of `lines`. */
export function findLine(
  line: LineCost,
  lines: readonly LineCost[],
  earlier: readonly LineTime[],
): LineTime | null {
  const key = identityOf(line);
  const isSame = (other: Named): boolean => identityOf(other) === key;
  return key === null
    ? null
    : findSame(line, inOrder(lines.filter(isSame)), inOrder(earlier.filter(isSame)));
}

/** Of the function that a call is in; it moves with the code. */
const FRAME_LINE = /\(\d+\):/g;

type Named = Pick<LineTime, 'name' | 'phase' | 'location' | 'call'>;

function groupByIdentity<T extends Named>(lines: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const line of lines) {
    const key = identityOf(line);
    if (key !== null) {
      groups.set(key, [...(groups.get(key) ?? []), line]);
    }
  }
  return new Map([...groups].map(([key, group]) => [key, inOrder(group)]));
}

function inOrder<T extends Named>(lines: readonly T[]): T[] {
  return [...lines].sort((a, b) => lineOf(a) - lineOf(b));
}

/** Null where only the line number names it, which another script may have given to other code. */
function identityOf({ name, phase, location, call }: Named): string | null {
  const file = location === null ? '' : fileName(location);
  return location !== null && name === `${file}:${location.line}`
    ? null
    : JSON.stringify([name, phase, file, call?.replaceAll(FRAME_LINE, '():') ?? '']);
}

function fileName({ file }: SourceLocation): string {
  return file.replace(/^.*[\\/]/, '');
}

function lineOf({ location }: Named): number {
  return location?.line ?? 0;
}

function findSame(
  line: LineCost,
  own: readonly LineCost[],
  others: readonly LineTime[],
): LineTime | null {
  const place = own.indexOf(line);
  return place >= 0 && own.length === others.length
    ? others[place]
    : (others.find((other) => lineOf(other) === lineOf(line)) ?? null);
}

function compare({ perStep }: LineCost, { p50Ns, meanNs }: LineTime): LineBaseline | null {
  const [now, before] =
    perStep.p50Ns > 0 && p50Ns > 0 ? [perStep.p50Ns, p50Ns] : [perStep.meanNs, meanNs];
  return before > 0 ? { p50Ns, meanNs, deltaPercent: (100 * (now - before)) / before } : null;
}
