import type { ByteSource } from './byte-source.ts';
import type { ReadOptions } from './format.ts';
import type { EventSink } from './json/document-visitor.ts';
import type { ProblemLog } from './trace/problem-log.ts';

/** Gives all bytes of a source to a sink, tells the progress, notes where they end too early. */
export async function feed(
  source: ByteSource,
  sink: EventSink,
  log: ProblemLog,
  { signal, onProgress }: ReadOptions,
): Promise<number> {
  let byteLength = 0;
  for await (const chunk of source.chunks(signal)) {
    signal.throwIfAborted();
    sink.push(chunk);
    byteLength += chunk.length;
    onProgress?.(source.consumedBytes());
    if (sink.isDone === true) {
      break;
    }
  }
  sink.finish();
  for (const remark of source.remarks?.() ?? []) {
    log.remark(remark);
  }
  const leftOut = source.leftOut?.() ?? null;
  if (leftOut !== null) {
    log.remark(leftOut, 'left-out');
  }
  const truncation = source.truncation();
  if (truncation !== null) {
    log.describe('cut', byteLength, truncation, new Uint8Array(0));
  }
  return byteLength;
}
