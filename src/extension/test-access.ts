import type { ShownLines } from './hints/shown-lines.ts';
import type { Notices } from './live/notices.ts';
import type { RunPulses } from './live/run-pulses.ts';
import type { RunStore } from './runs/run-store.ts';
import type { KeptViews } from './timeline/kept-views.ts';
import type { SourceResolver } from './source/source-resolver.ts';

/** What the extension lends to its own tests, and to nobody else. */
export interface TestAccess {
  readonly store: RunStore;
  readonly resolver: SourceResolver;
  readonly views: KeptViews;
  readonly lines: ShownLines;
  readonly pulses: RunPulses;
  readonly notices: Notices;
}
