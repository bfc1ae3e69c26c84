import * as vscode from 'vscode';
import type { Disposable } from '../base/lifetime.ts';
import { registerCacheSize } from './commands/clear-cache.ts';
import { registerCommands } from './commands/register-commands.ts';
import { registerHeatBar } from './hints/heat-bar.ts';
import { FindingFixes } from './fixes/finding-fixes.ts';
import { registerFixActions } from './fixes/fix-actions.ts';
import { registerHints } from './hints/hints.ts';
import { ShownLines } from './hints/shown-lines.ts';
import { EXTENSION_NAME } from './ids.ts';
import { registerLoopActions } from './instrumentation/loop-actions.ts';
import { Notices } from './live/notices.ts';
import { RunPulses } from './live/run-pulses.ts';
import { readManifest } from './manifest.ts';
import { Problems } from './problems/problems.ts';
import { RunStore } from './runs/run-store.ts';
import { RunWatcher } from './runs/run-watcher.ts';
import { registerThresholdChanges } from './runs/threshold-changes.ts';
import { discoverWorkspace } from './runs/workspace-runs.ts';
import type { Services } from './services.ts';
import { readDetectorOptions } from './settings.ts';
import { CodeUnits } from './source/code-units.ts';
import { AnnotationSites } from './source/annotation-sites.ts';
import { EditLog } from './source/edit-log.ts';
import { GitTexts } from './source/git-texts.ts';
import { keepRecordedTexts } from './source/keep-recorded-texts.ts';
import { MovedLines } from './source/moved-lines.ts';
import { RecordedScripts } from './source/recorded-script.ts';
import { MAX_TEXT_BYTES, RecordedTexts } from './source/recorded-texts.ts';
import { RememberedPaths } from './source/remembered-paths.ts';
import { SourceResolver } from './source/source-resolver.ts';
import { TextSnapshots } from './source/text-snapshots.ts';
import { TrainingSites } from './source/training-sites.ts';
import { WorkspaceFiles } from './source/workspace-files.ts';
import { registerStatus } from './status/status.ts';
import { KeptViews } from './timeline/kept-views.ts';
import { TimelineEditor } from './timeline/timeline-editor.ts';
import type { TestAccess } from './test-access.ts';
import { registerTree } from './tree/tree.ts';

/** Gives its insides to tests alone. */
export function activate(context: vscode.ExtensionContext): TestAccess | undefined {
  const log = vscode.window.createOutputChannel(EXTENSION_NAME, { log: true });
  context.subscriptions.push(log);
  const services = buildServices(context, log);
  const { store, resolver, views, lines, pulses, fixes } = services;
  const problems = new Problems(store, resolver, context.extensionUri);
  context.subscriptions.push(problems);
  const notices = new Notices(services);
  context.subscriptions.push(notices);
  const surfaces: readonly (() => Disposable)[] = [
    () => registerCommands(services),
    () => registerLoopActions(),
    () => registerHints(store, lines, pulses),
    () => registerHeatBar(lines),
    () => keepRecordedTexts(store, resolver, log),
    () => registerFixActions(problems, fixes),
    () => registerTree(store, pulses),
    () => registerStatus(store, pulses),
    () => new RunWatcher(store, log),
    () => registerThresholdChanges(store),
    () => registerCacheSize(services),
  ];
  for (const register of surfaces) {
    try {
      context.subscriptions.push(register());
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
    }
  }
  discoverWorkspace(store, { inAll: false }).catch((error: unknown) => log.warn(String(error)));
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { store, resolver, views, lines, pulses, notices }
    : undefined;
}

function buildServices(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Services {
  const { extensionUri, globalStorageUri, subscriptions } = context;
  const cacheFolder = vscode.Uri.joinPath(globalStorageUri, 'cache').fsPath;
  const { version, detectorSettings } = readManifest(context.extension.packageJSON);
  const store = new RunStore(
    {
      workerScript: vscode.Uri.joinPath(extensionUri, 'dist', 'worker.js').fsPath,
      toolVersion: version,
      cacheFolder,
      readDetectorOptions: () => readDetectorOptions(detectorSettings),
    },
    log,
  );
  const pulses = new RunPulses(store);
  const files = new WorkspaceFiles(log);
  const sites = new AnnotationSites(store, log, files);
  const loops = new TrainingSites(store, log, files);
  const edits = new EditLog();
  const remembered = new RememberedPaths(context.workspaceState);
  const texts = new RecordedTexts(
    new TextSnapshots(vscode.Uri.joinPath(globalStorageUri, 'scripts').fsPath),
    new GitTexts(() => vscode.workspace.isTrusted, MAX_TEXT_BYTES),
    (error) => log.warn(`a recorded script was not kept: ${String(error)}`),
  );
  const moved = new MovedLines(texts, edits);
  const recorded = new RecordedScripts(moved);
  const resolver = new SourceResolver(
    files,
    { annotations: sites, loops, units: new CodeUnits(store) },
    remembered,
    edits,
    moved,
  );
  const views = new KeptViews(context.workspaceState);
  const fixes = new FindingFixes(resolver);
  const editor = new TimelineEditor(extensionUri, { store, resolver, views, fixes, log });
  const lines = new ShownLines(store, resolver, edits);
  subscriptions.push(
    ...[store, pulses, files, sites, loops, edits, moved, recorded, resolver, editor, lines],
  );
  return {
    extensionUri,
    cacheFolder,
    store,
    resolver,
    recorded,
    views,
    editor,
    lines,
    fixes,
    pulses,
    log,
  };
}
