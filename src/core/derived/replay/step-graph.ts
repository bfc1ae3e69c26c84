import type { Alignment } from '../align-clocks.ts';
import type { DerivedRank } from '../run-derived.ts';
import { type Graph, orderGraph } from './graph.ts';
import { recordDeviceRank, type RecordedRank } from './record-device-rank.ts';
import { recordHostRank } from './record-host-rank.ts';
import { type NodeColumns, type NodeIndex, StepGraphBuilder } from './step-graph-builder.ts';

/** With more work of devices than this, only the bounds of the detectors are given: the replay would cost more than reading. */
const MAX_WORK = 4_000_000;

/** What a run did, as nodes that can be played again with other durations. */
export interface StepGraph {
  readonly nodes: NodeColumns;
  readonly graph: Graph;
  /** By node: what it takes once all that it waits for is there. */
  readonly durations: Float64Array<ArrayBuffer>;
  readonly ranks: readonly RecordedRank[];
  /** Collectives whose ranks wait for each other. */
  readonly groups: readonly (readonly NodeIndex[])[];
  /** By node: whether it is of such a collective. */
  readonly isShared: Uint8Array<ArrayBuffer>;
}

/** Why a run cannot be replayed; a sentence for people. */
export interface NotReplayable {
  readonly reason: string;
}

type Alike = Pick<DerivedRank, 'trace' | 'row' | 'tables'>;

/** The program of each rank, joined by their collectives. */
export function buildStepGraph(
  ranks: readonly Alike[],
  alignment: Alignment,
): StepGraph | NotReplayable {
  const obstacle = obstacleOf(ranks, alignment);
  if (obstacle !== null) {
    return { reason: obstacle };
  }
  const builder = new StepGraphBuilder();
  const matched = ranks.map(() => new Set<number>());
  for (const { spans } of alignment.matches) {
    spans.forEach((span, row) => (span >= 0 ? matched[row].add(span) : undefined));
  }
  const recorded = ranks.map((rank) => recordRank(rank, matched[rank.row], builder));
  const first = startInOneClock(recorded, alignment, builder);
  const groups = groupsOf(recorded, alignment);
  const nodes = builder.finish();
  const graph = orderGraph(nodes.links, groups);
  if (graph === null) {
    return { reason: 'The calls of its ranks seem to wait for each other in a circle.' };
  }
  const durations = nodes.end.map((end, node) => end - nodes.start[node]);
  first.forEach((delay, row) => (durations[recorded[row].origin] = delay));
  const isShared = new Uint8Array(durations.length);
  for (const group of groups) {
    group.forEach((node) => (isShared[node] = 1));
    const transfer = group.reduce((least, node) => Math.min(least, durations[node]), Infinity);
    group.forEach((node) => (durations[node] = transfer));
  }
  return { nodes, graph, durations, ranks: recorded, groups, isShared };
}

function obstacleOf(ranks: readonly Alike[], alignment: Alignment): string | null {
  if (ranks.some(({ trace }) => trace.spillable !== undefined)) {
    return 'Its files do not fit into the memory together.';
  }
  if (ranks.length === 0 || ranks.some(({ tables }) => tables.steps.length === 0)) {
    return 'There are no steps in it.';
  }
  if (ranks.some(({ trace }) => trace.lanes.some(({ worker }) => worker !== undefined))) {
    return 'It is a timeline of operations, which `whatIf` replays.';
  }
  if (!alignment.isComparable) {
    return 'The clocks of its ranks could not be aligned.';
  }
  if (ranks.some((rank) => hasDevice(rank) && rank.trace.meta.format === 'spans')) {
    return 'Timing spans do not tell which call began which work of the device.';
  }
  const work = ranks.reduce((sum, { tables }) => sum + tables.work.order.length, 0);
  return work > MAX_WORK
    ? `It holds more than ${MAX_WORK.toLocaleString('en-US')} pieces of device work.`
    : null;
}

function hasDevice({ tables }: Alike): boolean {
  return tables.work.order.length > 0;
}

function recordRank(
  rank: Alike,
  matched: ReadonlySet<number>,
  builder: StepGraphBuilder,
): RecordedRank {
  const { trace, row, tables } = rank;
  if (hasDevice(rank)) {
    return recordDeviceRank(rank, builder);
  }
  const collectives = tables.collectives.filter(({ span }) => matched.has(span));
  const spanCount = trace.spans.length;
  return recordHostRank({ row, spanCount, steps: tables.steps, collectives }, builder);
}

/** By row: how much later than the first rank it begins. */
function startInOneClock(
  recorded: readonly RecordedRank[],
  { offsets }: Alignment,
  builder: StepGraphBuilder,
): number[] {
  const starts = recorded.map(({ origin }, row) => builder.endOf(origin) + offsets[row]);
  const earliest = starts.reduce((least, start) => Math.min(least, start), Infinity);
  return starts.map((start) => start - earliest);
}

function groupsOf(recorded: readonly RecordedRank[], { matches }: Alignment): NodeIndex[][] {
  const used = new Set<NodeIndex>();
  return matches.flatMap(({ spans }) => {
    const group = recorded.flatMap(({ nodeOf }, row) => {
      const node = spans[row] >= 0 ? nodeOf[spans[row]] : -1;
      return node < 0 || used.has(node) ? [] : [node];
    });
    group.forEach((node) => used.add(node));
    return group.length > 1 ? [group] : [];
  });
}
