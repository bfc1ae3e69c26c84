import type { Trace } from '../../model/trace.ts';
import { LineDocument } from '../json/line-document.ts';
import type { Selection } from '../trace/selection.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { MAX_LINE_BYTES, SPAN_LAYOUT } from './span-layout.ts';
import { SpanLineReader } from './span-line-reader.ts';

/** The trace of a span file in the making. */
export class SpanLineTrace {
  readonly builder: TraceBuilder;
  /** Takes the bytes of the file. */
  readonly document: LineDocument;
  readonly #reader: SpanLineReader;

  constructor(selection: Selection | null = null) {
    this.builder = new TraceBuilder(selection);
    this.#reader = new SpanLineReader(this.builder);
    this.document = new LineDocument(SPAN_LAYOUT, MAX_LINE_BYTES, this.#reader);
  }

  /** All so far; with `mayStay` the file may go on. */
  finish(byteLength: number, mayStay = false): Trace {
    const { header, epochs, sources } = this.#reader;
    const records = epochs.records();
    const texts = sources.list();
    return this.builder.finish({
      clockZeroNs: header.startUnixNs,
      meta: {
        ...header.meta(),
        ...(records.length === 0 ? {} : { epochs: records }),
        ...(texts.length === 0 ? {} : { sources: texts }),
      },
      showsProcess: false,
      byteLength,
      mayStay,
    });
  }
}
