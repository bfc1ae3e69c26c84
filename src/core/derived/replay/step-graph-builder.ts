import { float64Column, int32Column, uint32Column, uint8Column } from '../../../base/columns.ts';
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
  readonly #rank = uint32Column();
  readonly #span = int32Column();
  readonly #isWork = uint8Column();
  readonly #start = float64Column();
  readonly #end = float64Column();
  readonly #to = uint32Column();
  readonly #from = uint32Column();
  readonly #lag = float64Column();

  add({ rank, span, isWork, start, end }: RecordedNode): NodeIndex {
    this.#rank.push(rank);
    this.#span.push(span);
    this.#isWork.push(isWork ? 1 : 0);
    this.#start.push(start);
    this.#end.push(end);
    return this.#end.length - 1;
  }

  /** A node begins at the earliest so long after the end of another. */
  link(from: NodeIndex, to: NodeIndex, lagNs: Nanoseconds): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#lag.push(lagNs);
  }

  endOf(node: NodeIndex): Nanoseconds {
    return this.#end.at(node);
  }

  finish(): NodeColumns {
    const { links, edges } = linksOf(this.#end.length, this.#from.take(), this.#to.take());
    return {
      rank: this.#rank.take(),
      span: this.#span.take(),
      isWork: this.#isWork.take(),
      start: this.#start.take(),
      end: this.#end.take(),
      links,
      lag: this.#lag.takeInOrder(edges),
    };
  }
}
