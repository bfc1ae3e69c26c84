import type * as vscode from 'vscode';
import type { FindingFixes } from './fixes/finding-fixes.ts';
import type { ShownLines } from './hints/shown-lines.ts';
import type { RunPulses } from './live/run-pulses.ts';
import type { RunStore } from './runs/run-store.ts';
import type { RecordedScripts } from './source/recorded-script.ts';
import type { SourceResolver } from './source/source-resolver.ts';
import type { KeptViews } from './timeline/kept-views.ts';
import type { TimelineEditor } from './timeline/timeline-editor.ts';

/** What commands work with. */
export interface Services {
  readonly extensionUri: vscode.Uri;
  /** Where analysed runs are kept. */
  readonly cacheFolder: string;
  readonly store: RunStore;
  readonly resolver: SourceResolver;
  readonly recorded: RecordedScripts;
  readonly views: KeptViews;
  readonly editor: TimelineEditor;
  readonly lines: ShownLines;
  readonly fixes: FindingFixes;
  /** Which runs grow. */
  readonly pulses: RunPulses;
  readonly log: vscode.LogOutputChannel;
}
