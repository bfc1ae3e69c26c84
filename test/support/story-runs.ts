import type { CollectiveMatch } from '../../src/core/model/collective-match.ts';
import { PHASES, phaseIndex, type Phase } from '../../src/core/model/phase.ts';
import { GAP_CAUSES, type GapCause, type Report } from '../../src/core/model/report.ts';
import { categoryIndex, type SpanCategory } from '../../src/core/model/span-category.ts';
import { DEVICE_CLASSES, type Analysis, type RankTables } from '../../src/core/model/tables.ts';
import type { Lane, LaneKind, Trace } from '../../src/core/model/trace.ts';

export interface SpanStory {
  readonly name: string;
  readonly start: number;
  readonly duration: number;
  readonly phase?: Phase;
  readonly category?: SpanCategory;
  /** Name of the span that launched it. */
  readonly launchedBy?: string;
  readonly depth?: number;
  /** Autograd's number, plus 1. */
  readonly autograd?: number;
}

export interface RankStory {
  readonly offsetNs?: number;
  readonly lanes: readonly { name: string; kind: LaneKind; spans: readonly SpanStory[] }[];
  readonly steps?: readonly { start: number; end: number; isWarmup?: boolean }[];
  readonly gaps?: readonly {
    start: number;
    end: number;
    step: number;
    cause: GapCause;
    culprit?: string;
    after?: string;
  }[];
  readonly hostPhases?: readonly { start: number; end: number; phase: Phase }[];
  readonly devicePhases?: readonly { start: number; end: number; phase: Phase }[];
  readonly busy?: readonly {
    start: number;
    end: number;
    kind: (typeof DEVICE_CLASSES)[number];
  }[];
}

/**
 * A hand-made analysis: only what the timeline's queries look at; spans are given in nesting order. `collectives`
 * names spans that are one collective on all ranks that have them.
 */
export function tellRun(
  stories: readonly RankStory[],
  p50Ns: number | null = null,
  collectives: readonly string[] = [],
): Analysis {
  const ranks = stories.map((story, rank) => tellRank(story, rank));
  return {
    run: {
      name: 'story',
      ranks: ranks.map(({ trace }, rank) => ({ rank, file: `rank${rank}.json`, trace })),
    },
    report: tellReport(stories.length, p50Ns),
    ranks: ranks.map(({ tables }) => tables),
    matches: collectives.map((name) => tellMatch(ranks, name)),
    isComparable: true,
    startNs: 0,
    endNs: stories
      .flatMap((story) => story.lanes.flatMap((lane) => lane.spans.map(endOf)))
      .reduce((latest, end) => Math.max(latest, end), 0),
  };
}

function tellMatch(
  ranks: readonly { trace: Trace; tables: RankTables }[],
  name: string,
): CollectiveMatch {
  const spans = Int32Array.from(
    ranks,
    ({
      trace: {
        spans: { name: names },
        strings,
      },
    }) => names.findIndex((id) => strings[id] === name),
  );
  const startOf = (i: number, row: number) =>
    i < 0 ? NaN : ranks[row].trace.spans.start[i] + ranks[row].tables.clock.offsetNs;
  const start = Float64Array.from(spans, startOf);
  const lengthOf = (row: number) => ranks[row].trace.spans.duration[spans[row]] ?? NaN;
  return { spans, start, end: start.map((time, row) => time + lengthOf(row)), step: null, key: '' };
}

function endOf({ start, duration }: SpanStory): number {
  return start + duration;
}

function tellRank(story: RankStory, rank: number): { trace: Trace; tables: RankTables } {
  const all = story.lanes.flatMap(({ spans }, lane) => spans.map((span) => ({ ...span, lane })));
  const strings = ['', ...new Set(all.map(({ name }) => name))];
  const firstByName = new Map(all.map(({ name }, i) => [name, i] as const).reverse());
  const idByName = new Map(strings.map((name, id) => [name, id]));
  const named = (name: string | undefined) =>
    name === undefined ? -1 : (firstByName.get(name) ?? -1);
  const partner = Int32Array.from(all, ({ launchedBy }) => named(launchedBy));
  Int32Array.from(partner).forEach((launcher, i) => {
    if (launcher >= 0) {
      partner[launcher] = i;
    }
  });
  const { parent, depth } = nest(all);
  let first = 0;
  const lanes: Lane[] = story.lanes.map(({ name, kind, spans }) => {
    const lane = {
      kind,
      name,
      processId: '1',
      threadId: name,
      device: kind === 'stream' ? 0 : null,
      first,
      count: spans.length,
    };
    first += spans.length;
    return lane;
  });
  const zeros = () => new Uint32Array(all.length);
  const trace = {
    strings,
    lanes,
    spans: {
      length: all.length,
      start: Float64Array.from(all, ({ start }) => start),
      duration: Float64Array.from(all, ({ duration }) => duration),
      name: Uint32Array.from(all, ({ name }) => idByName.get(name)!),
      lane: Uint32Array.from(all, ({ lane }) => lane),
      category: Uint8Array.from(all, ({ category = 'other' }) => categoryIndex(category)),
      correlation: zeros(),
      externalId: zeros(),
      byteOffset: new Float64Array(all.length),
      file: null,
      line: null,
      step: null,
      recordedPhase: null,
      stack: null,
      autograd: Uint32Array.from(all, ({ autograd = 0 }) => autograd),
    },
    flows: { length: 0 },
    counters: { length: 0 },
  } as unknown as Trace;
  const tables: RankTables = {
    rank,
    clock: { referenceNs: 0, offsetNs: story.offsetNs ?? 0, driftPpm: 0 },
    nesting: {
      depth,
      parent,
      depthCount: Uint16Array.from(lanes, (lane) =>
        depth
          .subarray(lane.first, lane.first + lane.count)
          .reduce((max, value) => Math.max(max, value + 1), 0),
      ),
    },
    ...tellPhases(story, all, { parent, partner }),
    ...tellIntervals(story, named),
    partner,
    mainLane: lanes.findIndex(({ kind }) => kind === 'thread'),
    sourceOf: (span) => ({
      locations: [{ file: 'train.py', line: span + 1, how: 'recorded' }],
      annotations: [],
    }),
  };
  return { trace, tables };
}

function nest(all: readonly (SpanStory & { lane: number })[]) {
  const parent = new Int32Array(all.length).fill(-1);
  const depth = new Uint16Array(all.length);
  const open: number[] = [];
  all.forEach((span, i) => {
    while (open.length > 0) {
      const top = all[open.at(-1)!];
      if (top.lane === span.lane && endOf(top) >= endOf(span) && top.start <= span.start) {
        break;
      }
      open.pop();
    }
    parent[i] = open.at(-1) ?? -1;
    depth[i] = span.depth ?? open.length;
    open.push(i);
  });
  return { parent, depth };
}

/** By the rules of the model, said in the shortest way: the tests that use it keep their spans simple. */
function tellPhases(
  story: RankStory,
  all: readonly (SpanStory & { lane: number })[],
  { parent, partner }: { parent: Int32Array; partner: Int32Array },
) {
  const phases = Uint8Array.from(all, ({ phase = PHASES[0] }) => phaseIndex(phase));
  const inheritedPhases = Uint8Array.from(phases);
  all.forEach(({ lane }, i) => {
    const from = parent[i] >= 0 ? parent[i] : story.lanes[lane].kind === 'stream' ? partner[i] : -1;
    inheritedPhases[i] ||= from >= 0 ? inheritedPhases[from] : 0;
  });
  const intervalsOf = (rows: RankStory['hostPhases'] = []) => ({
    length: rows.length,
    start: Float64Array.from(rows, ({ start }) => start),
    end: Float64Array.from(rows, ({ end }) => end),
    phase: Uint8Array.from(rows, ({ phase }) => phaseIndex(phase)),
  });
  return {
    phases,
    inheritedPhases,
    hostPhases: intervalsOf(story.hostPhases),
    devicePhases: intervalsOf(story.devicePhases),
  };
}

function tellIntervals(story: RankStory, named: (name: string | undefined) => number) {
  const { steps = [], gaps = [], busy = [] } = story;
  const startsAndEnds = (rows: readonly { start: number; end: number }[]) => ({
    length: rows.length,
    start: Float64Array.from(rows, ({ start }) => start),
    end: Float64Array.from(rows, ({ end }) => end),
  });
  return {
    steps: {
      ...startsAndEnds(steps),
      number: Int32Array.from(steps, (_, i) => i),
      isWarmup: Uint8Array.from(steps, ({ isWarmup = false }) => Number(isWarmup)),
      how: 'profiler' as const,
    },
    busy: {
      ...startsAndEnds(busy),
      kind: Uint8Array.from(busy, ({ kind }) => DEVICE_CLASSES.indexOf(kind)),
    },
    gaps: {
      ...startsAndEnds(gaps),
      step: Int32Array.from(gaps, ({ step }) => step),
      cause: Uint8Array.from(gaps, ({ cause }) => GAP_CAUSES.indexOf(cause)),
      coverage: Float64Array.from(gaps, () => 0.75),
      culprit: Int32Array.from(gaps, ({ culprit }) => named(culprit)),
      before: Int32Array.from(gaps, () => -1),
      after: Int32Array.from(gaps, ({ after }) => named(after)),
    },
  };
}

function tellReport(rankCount: number, p50Ns: number | null): Report {
  const stepTime =
    p50Ns === null ? null : { p50Ns, p95Ns: p50Ns, p99Ns: p50Ns, meanNs: p50Ns, count: 1 };
  return {
    stepTime,
    ranks: Array.from({ length: rankCount }, (_, rank) => ({
      rank,
      device: null,
      stepTime,
      breakdown: null,
      deviceWindow: null,
      phases: [],
    })),
  } as unknown as Report;
}
