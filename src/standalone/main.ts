import * as z from 'zod';
import type { EmbeddedRun } from '../core/export/embed-run.ts';
import type { Port } from '../protocol/channel.ts';
import { Channel } from '../protocol/channel.ts';
import { hostApi, viewApi } from '../protocol/timeline-api.ts';
import { followColorScheme, keepView, recallView } from './browser.ts';
import { readEmbedded } from './read-embedded.ts';
import { reportHandlers } from './report-host.ts';
import './themes.css';

/** The page's policy forbids code from strings, which zod would otherwise try. */
z.config({ jitless: true });
followColorScheme(document.body);

const loading = readEmbedded(document.getElementById('run-data'));
const listeners = new Set<(message: unknown) => void>();

/** The page's own end is `windowPort`; both are in one document, and nothing is copied. */
const port: Port = {
  post: (data) => window.dispatchEvent(new MessageEvent('message', { data })),
  listen: (listener) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  },
};

new Channel(port, hostApi, reportHandlers(loading), viewApi, () => undefined);

Object.assign(window, {
  /** As VS Code gives it to a webview; the view lives as long as the tab. */
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      queueMicrotask(() => listeners.forEach((listener) => listener(message)));
    },
    getState: recallView,
    setState: keepView,
  }),
});

loading.then(tellWhatItIs, () => undefined);

function tellWhatItIs({ report, whole }: EmbeddedRun): void {
  const note = document.createElement('p');
  note.className = 'report-note';
  const rest =
    whole === null
      ? ' The run is large: all ranks are here, and every span of the steps that are explained and of what the findings rest on. Open the run itself in VS Code for the rest.'
      : '';
  note.textContent = `Saved report of Training Sleuth ${report.tool.version}. It needs no network and sends nothing.${rest}`;
  document.body.prepend(note);
}
