import { parentPort, type MessagePort } from 'node:worker_threads';
import { FORMATS } from '../core/formats/registry.ts';
import { FileError } from './file-error.ts';
import { openRange } from './open-file.ts';
import { readFile } from './read-file.ts';
import type { ReadMessage, ReadResults, ReadTask } from './read-threads.ts';

/** People see ten changes a second at most. */
const PROGRESS_INTERVAL_MS = 100;

/** The thread is ended from outside; nothing in it is ever aborted. */
const { signal } = new AbortController();

if (parentPort !== null) {
  serve(parentPort);
}

function serve(port: MessagePort): void {
  const tell = (message: ReadMessage, buffers: ArrayBuffer[] = []): void =>
    port.postMessage(message, buffers);
  port.on('message', (task: ReadTask) => {
    let toldAtMs = performance.now();
    perform(task, (consumedBytes) => {
      if (performance.now() - toldAtMs >= PROGRESS_INTERVAL_MS) {
        toldAtMs = performance.now();
        tell({ kind: 'progress', consumedBytes });
      }
    }).then(
      (result) => tell({ kind: 'done', result }, buffersOf(result)),
      (error: unknown) => tell(describe(error)),
    );
  });
}

async function perform(
  task: ReadTask,
  onProgress: (consumedBytes: number) => void,
): Promise<ReadResults[keyof ReadResults]> {
  const { path } = task;
  if (task.kind === 'read') {
    const { maxEvents, steps } = task;
    return await readFile(path, { signal, onProgress, maxEvents, steps });
  }
  const parts = FORMATS.find(({ id }) => id === task.format)?.parts;
  if (parts === undefined) {
    throw new Error(`files of the format ${task.format} are not read in parts`);
  }
  const source = await openRange(path, task.place.start);
  return await parts.readPart(source, task.place, { signal, onProgress });
}

function describe(error: unknown): ReadMessage {
  if (error instanceof FileError) {
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'refused', path: error.path, code, reason };
  }
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}

/** The buffers of the columns, which move to the other thread instead of being copied. */
function buffersOf(result: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const collect = (value: object): void => {
    for (const part of Object.values(value) as unknown[]) {
      if (ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer) {
        buffers.add(part.buffer);
      } else if (part !== null && typeof part === 'object' && !Array.isArray(part)) {
        collect(part);
      }
    }
  };
  collect(result);
  return [...buffers];
}
