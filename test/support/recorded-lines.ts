import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A line of a recording. Times in nanoseconds. */
export interface RecordedLine {
  readonly type: string;
  readonly name?: string;
  readonly step: number;
  readonly ts: number;
  readonly dur: number;
  readonly lane?: string;
  readonly micro?: number;
  readonly attrs?: { readonly seq: number };
}

/** Of each rank of the run in a folder, by rank; shares no code with the reader. */
export function readRecordedLines(folder: string): RecordedLine[][] {
  const files = readdirSync(folder).filter((name) => /^rank\d\.spans/.test(name));
  return files.sort().map((file) =>
    gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as RecordedLine),
  );
}

/** All but the first two, which warm up. */
export function stepsOf(lines: readonly RecordedLine[]): RecordedLine[] {
  return lines.filter(({ type, step }) => type === 'step' && step >= 2);
}

export function meanStep(lines: readonly RecordedLine[]): number {
  return mean(stepsOf(lines).map(({ dur }) => dur));
}

/** What all spans of a name take in each step. */
export function perStep(lines: readonly RecordedLine[], name: string): number[] {
  return stepsOf(lines).map(({ step }) =>
    lines
      .filter((line) => line.type === 'span' && line.name === name && line.step === step)
      .reduce((sum, { dur }) => sum + dur, 0),
  );
}

/** The excess of a rank's own time, from the end of its step to its first reduction, over that of the other rank. */
export function latenessOf(late: number): (lines: readonly RecordedLine[][]) => number {
  return (lines) => {
    const own = lines.map((ofRank) =>
      stepsOf(ofRank).map(({ step, dur }) => dur - reductionsOf(ofRank, step).at(-1)!.dur),
    );
    return mean(own[late].map((time, i) => time - own[1 - late][i]));
  };
}

/** The shortest of the ranks for each reduction that is wanted, per step: what is transfer rather than waiting. */
export function transferOf(
  isWanted: (line: RecordedLine, last: RecordedLine) => boolean,
): (lines: readonly RecordedLine[][]) => number {
  return (lines) =>
    middle(
      stepsOf(lines[0]).map(({ step }) => {
        const byRank = lines.map((ofRank) => reductionsOf(ofRank, step));
        const [first] = byRank;
        return first
          .map((line, i) => {
            const shortest = Math.min(...byRank.map((list) => list[i]?.dur ?? Infinity));
            return isWanted(line, first[first.length - 1]) ? shortest : 0;
          })
          .reduce((sum, dur) => sum + dur, 0);
      }),
    );
}

function reductionsOf(lines: readonly RecordedLine[], step: number): RecordedLine[] {
  return lines
    .filter((line) => line.name === 'all_reduce' && line.step === step)
    .sort((a, b) => a.ts - b.ts);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
