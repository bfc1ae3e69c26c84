import * as vscode from 'vscode';
import * as z from 'zod';
import type { SourceLocation } from '../../core/model/source-candidate.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { Services } from '../services.ts';
import type { RecordedPlace } from '../source/recorded-script.ts';

/** What a message about a changed line hands over; from the palette there is nothing. */
const compareArgs = z.object({
  runId: z.string(),
  file: z.string(),
  path: z.string(),
  line: z.int(),
}) satisfies z.ZodType<RecordedPlace & { readonly runId: string }>;

/** Compares a script with what it was when a run was recorded: the script in the editor and the shown run, or those given. */
export async function compareWithRecorded(
  { store, resolver, recorded }: Services,
  ...args: unknown[]
): Promise<void> {
  const given = compareArgs.safeParse(args[0]);
  if (given.success) {
    const run = store.find(given.data.runId);
    if (run !== null) {
      await recorded.compare(run, given.data);
    }
    return;
  }
  const editor = vscode.window.activeTextEditor;
  const run = store.shown;
  const path = editor?.document.uri.scheme === 'file' ? editor.document.uri.fsPath : null;
  const place = run === null || path === null ? null : await findRecorded(run, path, resolver);
  if (editor === undefined || run === null || path === null || place === null) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Open a script that the run shown in the status bar names; then it can be compared with what ran.',
      ),
    );
    return;
  }
  await recorded.compare(run, { file: place.file, path, line: editor.selection.active.line + 1 });
}

/** The place of the run that is in this file. */
async function findRecorded(
  run: TrainingRun,
  path: string,
  resolver: Services['resolver'],
): Promise<SourceLocation | null> {
  const report = run.analyzed?.report;
  const places: SourceLocation[] = [
    ...(report?.run.sources ?? []).map(({ file }) => ({
      file,
      line: 1,
      how: 'recorded' as const,
    })),
    ...(report?.lines ?? []).flatMap(({ location }) => (location === null ? [] : [location])),
  ];
  for (const place of places) {
    if ((await resolver.findFiles(place, run)).includes(path)) {
      return place;
    }
  }
  return null;
}
