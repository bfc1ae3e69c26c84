import { relative, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { DetectorOptions } from '../protocol/worker-api.ts';
import { DETECTOR_SETTINGS, SETTINGS, SETTINGS_SECTION } from './ids.ts';

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SETTINGS_SECTION);
}

export function areHintsEnabled(): boolean {
  return section().get<boolean>(SETTINGS.hintsEnabled, true);
}

export async function setHintsEnabled(isEnabled: boolean): Promise<void> {
  await section().update(SETTINGS.hintsEnabled, isEnabled, vscode.ConfigurationTarget.Global);
}

export function isHeatEnabled(): boolean {
  return section().get<boolean>(SETTINGS.heatEnabled, true);
}

/** Lines that take a smaller share of the step have no bar. */
export function heatMinimumPercent(): number {
  const percent: unknown = section().get(SETTINGS.heatMinimum);
  return typeof percent === 'number' && percent >= 0 ? percent : 5;
}

/** Whether findings that appear while a run trains are told. */
export function areNoticesEnabled(): boolean {
  return section().get<boolean>(SETTINGS.notices, true);
}

export async function setNoticesEnabled(isEnabled: boolean): Promise<void> {
  await section().update(SETTINGS.notices, isEnabled, vscode.ConfigurationTarget.Global);
}

export function isWatchEnabled(): boolean {
  return section().get<boolean>(SETTINGS.watch, true);
}

/** Heap of one analysis; columns live outside it. */
export function memoryLimitMb(): number {
  const limit: unknown = section().get(SETTINGS.memoryLimitMb);
  return typeof limit === 'number' && limit >= 64 ? limit : 4096;
}

/** Room for analysed runs; 0 keeps none. */
export function cacheBytes(): number {
  const size: unknown = section().get(SETTINGS.cacheSizeMb);
  return (typeof size === 'number' && size >= 0 ? size : 2_000) * 1e6;
}

/** The run to compare with, a file or a folder, from the first folder of the workspace; null where none is set. */
export function baselinePath(): string | null {
  const value: unknown = section().get(SETTINGS.baseline);
  const [folder] = openFolders();
  return typeof value !== 'string' || value.trim() === '' || folder === undefined
    ? null
    : resolve(folder, value);
}

/** Written as others of the team can use it, where it lies in the first folder. */
export async function setBaselinePath(path: string | null): Promise<void> {
  const [folder] = openFolders();
  const fromFolder = path === null || folder === undefined ? null : relative(folder, path);
  const isInside = fromFolder !== null && !/^(\.\.([\\/]|$)|[\\/]|\w:)/.test(fromFolder);
  const value = isInside ? fromFolder.replaceAll('\\', '/') || '.' : path;
  await section().update(
    SETTINGS.baseline,
    value ?? undefined,
    vscode.ConfigurationTarget.Workspace,
  );
}

export function openFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}

/** Recorded file or folder → path in the workspace, as the user wrote it. */
export function readSourceMap(): ReadonlyMap<string, string> {
  const value: unknown = section().get(SETTINGS.sourceMap);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Puts entries before those that are set for the workspace. */
export async function writeSourceMap(entries: ReadonlyMap<string, string>): Promise<void> {
  const known = section().inspect<unknown>(SETTINGS.sourceMap)?.workspaceValue;
  const kept = typeof known === 'object' && known !== null ? known : {};
  await section().update(
    SETTINGS.sourceMap,
    { ...kept, ...Object.fromEntries(entries) },
    vscode.ConfigurationTarget.Workspace,
  );
}

/**
 * The thresholds as set. `names` are the settings `trainingSleuth.detectors.<id>.<option>` of the
 * manifest; what is not a number is left to the detector's default.
 */
export function readDetectorOptions(names: readonly string[]): DetectorOptions {
  const options: DetectorOptions = {};
  for (const name of names) {
    const value: unknown = vscode.workspace.getConfiguration().get(name);
    const [id, option] = name.slice(DETECTOR_SETTINGS.length).split('.');
    if (typeof value === 'number' && id !== undefined && option !== undefined) {
      (options[id] ??= {})[option] = value;
    }
  }
  return options;
}

export function onDidChangeSetting(name: string, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`${SETTINGS_SECTION}.${name}`)) {
      listener();
    }
  });
}
