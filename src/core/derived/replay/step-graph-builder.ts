import type { Nanoseconds, SpanIndex } from '../../model/units.ts';
import { type Links, linksOf } from './graph.ts';

/** Index of a node among those of its run. */
export type NodeIndex = number;

/** One thing that a rank does, as it was recorded. Rank time. */
export interface RecordedNode {
  /** Row of the run's ranks. */
  readonly rank: number;
  /** The work of the device, a collective, or a call of the host that waits; -1 is none. */
  readonly span: SpanIndex;
  /** Whether it is work that a launch asked for: of the device, or a collective. */
  readonly isWork: boolean;
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
}

/** The nodes of all ranks as they were recorded, and what each waits for. */
export interface NodeColumns {
  readonly rank: Uint32Array<ArrayBuffer>;
  readonly span: Int32Array<ArrayBuffer>;
  readonly isWork: Uint8Array<ArrayBuffer>;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  readonly links: Links;
  /** By edge: what lies between the end of the one and the begin of the other at least. */
  readonly lag: Float64Array<ArrayBuffer>;
}

/** Collects what ranks do. */
export class StepGraphBuilder {
  readonly #rank: number[] = [];
  readonly #span: SpanIndex[] = [];
  readonly #isWork: number[] = [];
  readonly #start: Nanoseconds[] = [];
  readonly #end: Nanoseconds[] = [];
  readonly #to: NodeIndex[] = [];
  readonly #from: NodeIndex[] = [];
  readonly #lag: Nanoseconds[] = [];

  add({ rank, span, isWork, start, end }: RecordedNode): NodeIndex {
    this.#rank.push(rank);
    this.#span.push(span);
    this.#isWork.push(isWork ? 1 : 0);
    this.#start.push(start);
    return this.#end.push(end) - 1;
  }

  /** A node begins at the earliest so long after the end of another. */
  link(from: NodeIndex, to: NodeIndex, lagNs: Nanoseconds): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#lag.push(lagNs);
  }

  endOf(node: NodeIndex): Nanoseconds {
    return this.#end[node];
  }

  finish(): NodeColumns {
    const { links, edges } = linksOf(this.#end.length, this.#from, this.#to);
    return {
      rank: Uint32Array.from(this.#rank),
      span: Int32Array.from(this.#span),
      isWork: Uint8Array.from(this.#isWork),
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
      links,
      lag: Float64Array.from(edges, (edge) => this.#lag[edge]),
    };
  }
}
