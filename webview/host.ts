import type { Disposable } from '../src/base/lifetime.ts';
import type { ClientOf } from '../src/protocol/api.ts';
import type { Port } from '../src/protocol/channel.ts';
import type { hostApi } from '../src/protocol/timeline-api.ts';

/** What VS Code gives a webview. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export type Host = ClientOf<typeof hostApi>;

export function windowPort(api: VsCodeApi): Port {
  return {
    post: (message) => api.postMessage(message),
    listen: (listener): Disposable => {
      const receive = (event: MessageEvent) => listener(event.data);
      window.addEventListener('message', receive);
      return { dispose: () => window.removeEventListener('message', receive) };
    },
  };
}
