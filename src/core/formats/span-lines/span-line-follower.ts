import type { Problem, Trace } from '../../model/trace.ts';
import type { DocumentVisitor } from '../json/document-visitor.ts';
import { LineDocument } from '../json/line-document.ts';
import { ProblemLog } from '../trace/problem-log.ts';
import { MAX_LINE_BYTES, SPAN_LAYOUT } from './span-layout.ts';
import { SpanLineTrace } from './span-line-trace.ts';

const NEWLINE = 0x0a;

/**
 * The trace of a span file that grows: takes its bytes as they come, and gives at any time what a reader of the
 * whole file would give. A last line without its end waits for it.
 */
export class SpanLineFollower {
  readonly #trace = new SpanLineTrace();
  #rest = new Uint8Array(0);
  #byteLength = 0;
  #canFollow = true;

  /** Bytes taken. */
  get byteLength(): number {
    return this.#byteLength;
  }

  push(chunk: Uint8Array): void {
    this.#byteLength += chunk.length;
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      this.#pushLines(this.#rest);
      this.#pushLines(chunk.subarray(0, end));
      this.#rest = chunk.slice(end);
    } else {
      this.#rest = joined(this.#rest, chunk);
    }
    this.#canFollow &&= this.#rest.length <= MAX_LINE_BYTES;
  }

  /**
   * Null where nothing is kept yet, and where the last line is whole but for its end, or longer than any: then the
   * file is to be read as it is.
   */
  take(): Trace | null {
    const cut = this.#canFollow ? readRest(this.#rest) : null;
    if (cut === null || this.#trace.builder.log.counts.kept === 0) {
      return null;
    }
    const trace = this.#trace.finish(this.#byteLength, true);
    if (cut.excerpt.length === 0) {
      return trace;
    }
    const log = new ProblemLog();
    log.join(trace.counts, trace.problems);
    log.cut(this.#byteLength - this.#rest.length + cut.offset, cut.reason, cut.excerpt);
    return { ...trace, counts: log.counts, problems: log.problems };
  }

  #pushLines(bytes: Uint8Array): void {
    if (bytes.length > 0) {
      this.#trace.document.push(bytes);
    }
  }
}

interface CutLine {
  readonly offset: number;
  readonly reason: Problem['reason'];
  readonly excerpt: Uint8Array;
}

const NOTHING: CutLine = { offset: 0, reason: '', excerpt: new Uint8Array(0) };

/** What a reader says of the beginning of a line; null where it would take something of it. */
function readRest(rest: Uint8Array): CutLine | null {
  let cut: CutLine | null = NOTHING;
  const visitor: DocumentVisitor = {
    onEvent: () => (cut = null),
    onMember: () => undefined,
    onDropped: () => (cut = null),
    onRepaired: () => (cut = null),
    onCut: (offset, reason, excerpt) => {
      cut = cut === null ? null : { offset, reason, excerpt: excerpt.slice() };
    },
  };
  const document = new LineDocument(SPAN_LAYOUT, MAX_LINE_BYTES, visitor);
  document.push(rest);
  document.finish();
  return cut;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
