import type { Port } from './channel.ts';

/** Either end of a Node worker thread. */
export interface ThreadEnd {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A channel's port over a worker thread: buffers are moved, not copied. */
export function threadPort(end: ThreadEnd): Port {
  return {
    post: (message, transfer) => end.postMessage(message, transfer),
    listen: (listener) => {
      end.on('message', listener);
      return { dispose: () => void end.off('message', listener) };
    },
  };
}
