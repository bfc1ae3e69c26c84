import type { Disposable } from '../src/base/lifetime.ts';
import type { FrameLoop } from './base/frame-loop.ts';
import type { ThemeSource } from './base/theme.ts';
import type { Host } from './host.ts';
import type { LoadedRun, Store } from './store.ts';

/** What every view of a loaded run works with. */
export interface PageContext {
  readonly host: Host;
  readonly store: Store;
  readonly run: LoadedRun;
  readonly frames: FrameLoop;
  readonly themes: ThemeSource;
}

/** A part of the page, mounted. */
export interface View extends Disposable {
  readonly element: HTMLElement;
}
