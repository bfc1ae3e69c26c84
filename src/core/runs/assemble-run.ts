import type { RankTrace, Run, RunFile, RunGroup } from '../model/run.ts';
import type { Problem, Trace } from '../model/trace.ts';
import { mergeTraces } from './merge-traces.ts';
import { spillTrace, withProblems } from './spill-trace.ts';
import { splitRanks } from './split-ranks.ts';

export interface ReadFile {
  readonly file: RunFile;
  readonly trace: Trace;
}

/**
 * The run of a group whose files were read. The rank is what the trace tells, else the file's, else
 * the next free one. Span files of one rank become one trace; other files that claim a rank twice
 * stay apart under a free one, and a problem says so. A file of several ranks is one trace each. Files without events are no ranks of a run
 * that has other files: they are left out by name.
 */
export function assembleRun(group: RunGroup, readFiles: readonly ReadFile[]): Run {
  const files = readFiles.flatMap(({ file, trace }) =>
    splitRanks(trace).map((part) => ({ file, trace: part })),
  );
  const filled = files.filter(({ trace }) => trace.counts.kept > 0);
  if (filled.length === 0 || filled.length === files.length) {
    return assembleRanks(group, files);
  }
  const leftOut = files
    .filter((read) => !filled.includes(read))
    .map(({ file, trace }) => ({ file: file.path, rank: trace.meta.rank ?? file.rank, trace }));
  return { ...assembleRanks(group, filled), leftOut };
}

function assembleRanks(group: RunGroup, files: readonly ReadFile[]): Run {
  const rankByFile = new Map<ReadFile, number>();
  const ranks = new Map<number, RankTrace>();
  const homeless: ReadFile[] = [];
  for (const read of files) {
    const rank = read.trace.meta.rank ?? read.file.rank;
    const other = rank === null ? undefined : ranks.get(rank);
    if (rank === null || (other !== undefined && !areParts(other.trace, read.trace))) {
      homeless.push(read);
      continue;
    }
    rankByFile.set(read, rank);
    ranks.set(rank, other === undefined ? toRank(rank, read) : joined(other, read));
  }
  for (const read of homeless) {
    const claimed = read.trace.meta.rank ?? read.file.rank;
    const rank = firstFree(ranks);
    ranks.set(rank, toRank(rank, claimed === null ? read : withClaim(read, claimed, rank)));
  }
  return { name: group.name, ranks: [...ranks.values()].sort((a, b) => a.rank - b.rank) };
}

function toRank(rank: number, { file, trace }: ReadFile): RankTrace {
  return { rank, file: file.path, trace };
}

function areParts(a: Trace, b: Trace): boolean {
  return a.meta.format === 'spans' && b.meta.format === 'spans';
}

function joined(rank: RankTrace, { file, trace }: ReadFile): RankTrace {
  return {
    ...rank,
    otherFiles: [...(rank.otherFiles ?? []), file.path],
    trace: merged(rank.trace, trace, file.path),
  };
}

/** Where the parts could leave the memory, so can the whole, and the parts are of no more use. */
function merged(first: Trace, second: Trace, secondFile: string): Trace {
  const whole = mergeTraces(first, second, secondFile);
  const { spillable } = first;
  if (spillable === undefined) {
    return whole;
  }
  second.spillable?.discard();
  return spillTrace(whole, spillable.discard());
}

function withClaim({ file, trace }: ReadFile, claimed: number, rank: number): ReadFile {
  const problem: Problem = {
    kind: 'remark',
    byteOffset: 0,
    reason: `This file says that it is of rank ${claimed}, as another file of the run does: it is shown as rank ${rank}.`,
    excerpt: '',
  };
  return { file, trace: withProblems(trace, [problem, ...trace.problems].slice(0, 100)) };
}

function firstFree(ranks: ReadonlyMap<number, unknown>): number {
  let rank = 0;
  while (ranks.has(rank)) {
    rank++;
  }
  return rank;
}
