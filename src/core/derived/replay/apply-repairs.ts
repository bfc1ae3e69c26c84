import { mapInto } from '../../../base/map-into.ts';
import { Coverage, NO_INTERVALS, unionOf } from '../intervals.ts';
import { type Graph, linksOf, orderGraph } from './graph.ts';
import type { Change, EarlierStart, IntervalsByRank, Repair, SpansByRank } from './repair.ts';
import type { StepGraph } from './step-graph.ts';
import type { NodeIndex } from './step-graph-builder.ts';

/** A step graph with what repairs change. */
export interface RepairedGraph {
  readonly graph: Graph;
  readonly durations: Float64Array<ArrayBuffer>;
  readonly lags: Float64Array<ArrayBuffer>;
}

export function applyRepairs(recorded: StepGraph, repairs: readonly Repair[]): RepairedGraph {
  const application = new Application(recorded);
  for (const { changes } of repairs) {
    changes.forEach((change) => application.apply(change));
  }
  return application.finish();
}

class Application {
  readonly #factors: Float64Array<ArrayBuffer>;
  /** By node: whether the host goes on without waiting. */
  readonly #isFree: Uint8Array<ArrayBuffer>;
  /** By row of ranks: time that is not spent, and time that the host does not spend. */
  #cuts: IntervalsByRank;
  #skipped: IntervalsByRank;
  readonly #earlier = new Map<NodeIndex, NodeIndex>();

  constructor(private readonly recorded: StepGraph) {
    this.#factors = new Float64Array(recorded.durations.length).fill(1);
    this.#isFree = new Uint8Array(recorded.durations.length);
    this.#cuts = recorded.ranks.map(() => NO_INTERVALS);
    this.#skipped = this.#cuts;
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'cut':
        this.#cuts = joined(this.#cuts, change.intervals);
        break;
      case 'skip-host':
        this.#skipped = joined(this.#skipped, change.intervals);
        this.#skipCalls(change.intervals);
        break;
      case 'hurry-host':
        this.#skipped = joined(this.#skipped, change.intervals);
        break;
      case 'scale':
        this.#nodesOf(change.spans, (node) => (this.#factors[node] *= change.factor));
        break;
      case 'do-not-wait':
        this.#freeCalls(change.spans);
        break;
      case 'start-earlier':
        change.starts.forEach((starts, row) => this.#startEarlier(starts, row));
        break;
    }
  }

  finish(): RepairedGraph {
    const { nodes, graph, durations } = this.recorded;
    const { rank, end, isWork, links } = nodes;
    const cut = this.#cuts.map((intervals) => new Coverage(intervals));
    const skipped = this.#cuts.map(
      (intervals, row) => new Coverage(unionOf(intervals, this.#skipped[row])),
    );
    const repaired = durations.slice();
    for (let node = 0; node < repaired.length; node++) {
      const coverage = (isWork[node] === 1 ? cut : skipped)[rank[node]];
      const duration = durations[node];
      const isWhole =
        coverage.intervals.length === 0 || node === this.recorded.ranks[rank[node]].origin;
      const lost = isWhole ? 0 : coverage.within(end[node] - duration, end[node]);
      repaired[node] = this.#factors[node] * (duration - lost);
    }
    const lags = nodes.lag.slice();
    for (let node = 0; node + 1 < links.starts.length; node++) {
      if (this.#isFree[node] === 0 && cut[rank[node]].intervals.length === 0) {
        continue;
      }
      for (let edge = links.starts[node]; edge < links.starts[node + 1]; edge++) {
        lags[edge] = this.#lagOf(node, edge, cut[rank[node]]);
      }
    }
    return this.#earlier.size === 0
      ? { graph, durations: repaired, lags }
      : { ...this.#rewired(lags), durations: repaired };
  }

  #lagOf(node: NodeIndex, edge: number, cut: Coverage): number {
    const { lag, links, isWork, start } = this.recorded.nodes;
    if (this.#isFree[node] === 1) {
      return isWork[links.from[edge]] === 1 ? -Infinity : 0;
    }
    return lag[edge] > 0 ? lag[edge] - cut.within(start[node] - lag[edge], start[node]) : lag[edge];
  }

  /** What the host launches or waits for in time that it skips. */
  #skipCalls(intervals: IntervalsByRank): void {
    const { links, isWork, rank, end, span } = this.recorded.nodes;
    const coverages = intervals.map((own) => new Coverage(own));
    for (let node = 0; node < isWork.length; node++) {
      const isCall = span[node] >= 0;
      for (let edge = links.starts[node]; isCall && edge < links.starts[node + 1]; edge++) {
        const from = links.from[edge];
        const at = end[from];
        if (isWork[from] === 0 && coverages[rank[node]]?.within(at, at + 1) > 0) {
          this.#skipCall(node);
        }
      }
    }
  }

  #skipCall(node: NodeIndex): void {
    if (this.recorded.nodes.isWork[node] === 0) {
      this.#isFree[node] = 1;
    } else if (this.recorded.isShared[node] === 0) {
      this.#factors[node] = 0;
    }
  }

  #freeCalls(spans: SpansByRank): void {
    const { links, isWork, rank, span } = this.recorded.nodes;
    const wanted = spans.map((own) => new Set(own));
    for (let node = 0; node < isWork.length; node++) {
      const own = wanted[rank[node]];
      if (isWork[node] === 1 || span[node] < 0) {
        continue;
      }
      let isWanted = own.has(span[node]);
      for (let edge = links.starts[node]; edge < links.starts[node + 1]; edge++) {
        const from = links.from[edge];
        isWanted ||= isWork[from] === 1 && own.has(span[from]);
      }
      this.#isFree[node] = isWanted ? 1 : this.#isFree[node];
    }
  }

  #nodesOf(spans: SpansByRank, visit: (node: NodeIndex) => void): void {
    spans.forEach((own, row) => {
      for (const span of own) {
        const node = this.recorded.ranks[row].nodeOf[span];
        if (node >= 0) {
          visit(node);
        }
      }
    });
  }

  #startEarlier(starts: readonly EarlierStart[], row: number): void {
    const { nodeOf } = this.recorded.ranks[row];
    for (const { collective, after } of starts) {
      if (nodeOf[collective] >= 0 && nodeOf[after] >= 0) {
        this.#earlier.set(nodeOf[collective], nodeOf[after]);
      }
    }
  }

  #isCollective(node: NodeIndex): boolean {
    return this.recorded.isShared[node] === 1 || this.#earlier.has(node);
  }

  /** Collectives that start earlier wait for that work, and for those before them on their stream. */
  #rewired(lags: Float64Array): Pick<RepairedGraph, 'graph' | 'lags'> {
    const { nodes, groups, graph } = this.recorded;
    const { links } = nodes;
    const from: NodeIndex[] = [];
    const to: NodeIndex[] = [];
    const lag: number[] = [];
    for (let node = 0; node + 1 < links.starts.length; node++) {
      const after = this.#earlier.get(node);
      for (let edge = links.starts[node]; edge < links.starts[node + 1]; edge++) {
        const isCollective = this.#isCollective(links.from[edge]);
        if (after === undefined || isCollective) {
          from.push(links.from[edge]);
          to.push(node);
          lag.push(lags[edge]);
        }
      }
      if (after !== undefined) {
        from.push(after);
        to.push(node);
        lag.push(0);
      }
    }
    const rewired = linksOf(links.starts.length - 1, from, to);
    const ordered = orderGraph(rewired.links, groups);
    return ordered === null
      ? { graph, lags: Float64Array.from(lags) }
      : {
          graph: ordered,
          lags: mapInto(new Float64Array(rewired.edges.length), rewired.edges, (edge) => lag[edge]),
        };
  }
}

function joined(a: IntervalsByRank, b: IntervalsByRank): IntervalsByRank {
  return a.map((intervals, row) => unionOf(intervals, b[row] ?? NO_INTERVALS));
}
