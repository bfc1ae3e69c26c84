import type { Nanoseconds, SpanIndex } from '../../model/units.ts';
import type { NodeIndex, StepGraphBuilder } from './step-graph-builder.ts';

/** The training loop's program: one node after another, each as long as the host took from the one before. */
export class HostProgram {
  readonly origin: NodeIndex;
  #last: NodeIndex;
  #time: Nanoseconds;

  constructor(
    private readonly rank: number,
    start: Nanoseconds,
    private readonly builder: StepGraphBuilder,
  ) {
    this.origin = builder.add({ rank, span: -1, isWork: false, start, end: start });
    this.#last = this.origin;
    this.#time = start;
  }

  /** The host comes to a time by itself. */
  advance(time: Nanoseconds): NodeIndex {
    if (time <= this.#time) {
      return this.#last;
    }
    const node = this.builder.add({
      rank: this.rank,
      span: -1,
      isWork: false,
      start: this.#time,
      end: time,
    });
    this.builder.link(this.#last, node, 0);
    this.#time = time;
    return (this.#last = node);
  }

  /** The host goes on at a time, after what is linked to the node; at once where it is further already. */
  resume(span: SpanIndex, time: Nanoseconds): NodeIndex {
    const at = Math.max(time, this.#time);
    const node = this.builder.add({ rank: this.rank, span, isWork: false, start: at, end: at });
    this.#last = node;
    this.#time = at;
    return node;
  }

  /** The host takes part in a collective, from where it is at the start until the end. */
  join(span: SpanIndex, start: Nanoseconds, end: Nanoseconds): NodeIndex {
    const before = this.advance(start);
    const node = this.builder.add({ rank: this.rank, span, isWork: true, start: this.#time, end });
    this.builder.link(before, node, 0);
    this.#time = end;
    return (this.#last = node);
  }

  get time(): Nanoseconds {
    return this.#time;
  }
}
