import type { CallClue } from '../model/source-candidate.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Spans, Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { ROUNDING_NS } from './nesting.ts';
import { isUserFile, isWrapperFrame, parseFrame } from '../model/python-frame.ts';

const PYTHON = categoryIndex('python');
const CPU_OP = categoryIndex('cpu-op');

/** Neighbours that a clue names on either side; more than the calls of most statements. */
const MAX_NEIGHBOURS = 12;
/** Wrappers around wrappers, at most. */
const MAX_NAMES = 6;
/** Spans that are looked through for the calls of one frame. */
const MAX_SCANNED = 400_000;
const MAX_NAME_LENGTH = 200;
/** Frames that Python enters by itself: no call in the code names them. */
const IMPLICIT = /\): __(getattr|setattr|getattribute|hash|eq|bool|del)__$/;

/** The calls that the frames of the user's functions made, as the tracer of Python frames saw them. */
export class UserCalls {
  readonly #children = new Map<SpanIndex, readonly SpanIndex[]>();
  readonly #isUser = new Map<number, boolean>();
  /** By lane, from its first span: the frame around each; null where none of its spans is a frame. */
  readonly #callers = new Map<LaneIndex, Int32Array>();

  constructor(private readonly trace: Trace) {}

  /** Whether the span is a frame of a function in a file of the user. */
  isUserFrame(span: SpanIndex): boolean {
    const { spans, strings } = this.trace;
    if (spans.category[span] !== PYTHON) {
      return false;
    }
    let known = this.#isUser.get(spans.name[span]);
    if (known === undefined) {
      const frame = parseFrame(strings[spans.name[span]] ?? '');
      known = frame !== null && isUserFile(frame.file);
      this.#isUser.set(spans.name[span], known);
    }
    return known;
  }

  /** Whether a span is something that a frame can call: a frame, a built-in function, a module, an operator. */
  isCallable(span: SpanIndex): boolean {
    const category = this.trace.spans.category[span];
    return category === PYTHON || category === CPU_OP;
  }

  /** The innermost callable span around this one; annotations are looked through. -1 is none. */
  callerOf(span: SpanIndex): SpanIndex {
    const lane = this.trace.spans.lane[span];
    let callers = this.#callers.get(lane);
    if (callers === undefined) {
      callers = this.#findCallers(lane);
      this.#callers.set(lane, callers);
    }
    return callers[span - this.trace.lanes[lane].first];
  }

  /** What a frame called itself, in order of time. */
  childrenOf(frame: SpanIndex): readonly SpanIndex[] {
    let children = this.#children.get(frame);
    if (children === undefined) {
      children = this.#scan(frame);
      this.#children.set(frame, children);
    }
    return children;
  }

  clueOf(frame: SpanIndex, child: SpanIndex): CallClue {
    const siblings = this.childrenOf(frame);
    const at = siblings.indexOf(child);
    return {
      names: this.#namesOf(child),
      before: at < 0 ? [] : this.#neighbours(siblings, at, -1).reverse(),
      after: at < 0 ? [] : this.#neighbours(siblings, at, 1),
    };
  }

  /** The name that tells most of what was called: of a wrapper, that of what it wraps. */
  tellingName(span: SpanIndex): string {
    return this.#namesOf(span).at(-1) ?? '';
  }

  /**
   * Frames nest, whatever lies across them: a step that begins in one call of the profiler and ends in the next
   * would hide the frames between.
   */
  #findCallers(lane: LaneIndex): Int32Array {
    const { spans, lanes } = this.trace;
    const { first, count } = lanes[lane];
    const callers = new Int32Array(count).fill(-1);
    const open: SpanIndex[] = [];
    for (let i = first; i < first + count; i++) {
      const start = spans.start[i];
      const isCallable = this.isCallable(i);
      const end = isCallable ? start + spans.duration[i] : start;
      while (open.length > 0 && isOver(spans, open[open.length - 1], start, end)) {
        open.pop();
      }
      callers[i - first] = open.at(-1) ?? -1;
      if (isCallable) {
        open.push(i);
      }
    }
    return callers;
  }

  #neighbours(siblings: readonly SpanIndex[], at: number, step: 1 | -1): string[] {
    const names: string[] = [];
    for (let i = at + step; names.length < MAX_NEIGHBOURS && i in siblings; i += step) {
      const name = this.tellingName(siblings[i]);
      if (!IMPLICIT.test(name)) {
        names.push(name);
      }
    }
    return names;
  }

  #namesOf(child: SpanIndex): string[] {
    const names = [this.#nameOf(child)];
    let now = child;
    while (names.length < MAX_NAMES && isWrapperFrame(names[names.length - 1])) {
      now = this.#longest(this.childrenOf(now));
      if (now < 0) {
        break;
      }
      names.push(this.#nameOf(now));
    }
    return names;
  }

  #longest(spans: readonly SpanIndex[]): SpanIndex {
    const { duration } = this.trace.spans;
    return spans.reduce((best, i) => (best < 0 || duration[i] > duration[best] ? i : best), -1);
  }

  #nameOf(span: SpanIndex): string {
    const name = this.trace.strings[this.trace.spans.name[span]] ?? '';
    return name.replace(/ at 0x[0-9a-fA-F]+/g, '').slice(0, MAX_NAME_LENGTH);
  }

  #scan(frame: SpanIndex): SpanIndex[] {
    const { spans, lanes } = this.trace;
    const { first, count } = lanes[spans.lane[frame]];
    const last = Math.min(first + count, frame + MAX_SCANNED);
    const end = spans.start[frame] + spans.duration[frame];
    const children: SpanIndex[] = [];
    for (let i = frame + 1; i < last && spans.start[i] < end; i++) {
      if (this.isCallable(i) && this.callerOf(i) === frame) {
        children.push(i);
      }
    }
    return children;
  }
}

/** Whether a frame has ended where another span begins, or would end before it, which none can that called it. */
function isOver({ start, duration }: Spans, frame: SpanIndex, at: number, end: number): boolean {
  const until = start[frame] + duration[frame];
  return until <= at || until + ROUNDING_NS < end;
}
