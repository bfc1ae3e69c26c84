import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { NewFolders } from '../new-folders.ts';
import { isPassedOver } from '../runs/workspace-runs.ts';
import { isNotebook } from '../../core/source/python-source.ts';
import { fileNameOf, isWindowsPath, pathSegments } from '../../core/source/match-path.ts';

/** Folders that hold other people's code, or copies of one's own, never the training script. */
const PASSED_OVER = [
  ...['node_modules', '.git', 'site-packages', 'dist-packages', '.venv', 'venv', '__pycache__'],
  '.ipynb_checkpoints',
];
export const EXCLUDED_FOLDERS = `**/{${PASSED_OVER.join(',')}}/**`;

export const SOURCES = '**/*.{py,ipynb}';
const NOTEBOOKS = '**/*.ipynb';

const MAX_CANDIDATES = 200;

/** Deepest part of a recorded path that is looked for beside the trace. */
const MAX_SEGMENTS = 8;

/** A Python file or a notebook was written or deleted, or the folders of the workspace are others. */
export type SourceChange =
  { readonly kind: 'written' | 'deleted'; readonly path: string } | { readonly kind: 'folders' };

/** The files of the workspace by their name, asked once and kept until files come or go. */
export class WorkspaceFiles implements vscode.Disposable {
  readonly #pathsByGlob = new Map<string, Promise<string[]>>();
  readonly #changed = new vscode.EventEmitter<SourceChange>();
  readonly #subscriptions: vscode.Disposable[] = [];

  readonly onDidChange = this.#changed.event;

  constructor(log: vscode.LogOutputChannel) {
    const watcher = vscode.workspace.createFileSystemWatcher(SOURCES);
    const folders = vscode.workspace.createFileSystemWatcher('**', false, true, true);
    const newFolders = new NewFolders(
      { files: SOURCES, excluded: EXCLUDED_FOLDERS },
      (paths) => paths.forEach((path) => this.#forget({ kind: 'written', path })),
      (error) => log.warn(`new folders could not be looked through: ${String(error)}`),
    );
    this.#subscriptions.push(
      folders,
      folders.onDidCreate((uri) => {
        const { fsPath } = uri;
        if (!isSource(fsPath) && !isPassedOver(fsPath + sep) && !isInPassedOver(uri)) {
          newFolders.add(fsPath);
        }
      }),
      new vscode.Disposable(() => newFolders.clear()),
      ...this.#follow(watcher),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#forget({ kind: 'folders' })),
    );
  }

  /** Files with the name of a recorded path, in the workspace and beside the trace. */
  async findByName(recorded: string, traceFolder: string): Promise<string[]> {
    const name = fileNameOf(recorded);
    if (name === '') {
      return [];
    }
    const glob = globOf(name, isWindowsPath(recorded));
    let found = this.#pathsByGlob.get(glob);
    if (found === undefined) {
      found = findInWorkspace(glob);
      this.#pathsByGlob.set(glob, found);
    }
    const beside = await findBeside(recorded, traceFolder);
    return [...new Set([...(await found), ...beside])];
  }

  /** The notebooks of the workspace, asked once and kept until files come or go. */
  async findNotebooks(): Promise<readonly string[]> {
    let found = this.#pathsByGlob.get(NOTEBOOKS);
    if (found === undefined) {
      found = findInWorkspace(NOTEBOOKS);
      this.#pathsByGlob.set(NOTEBOOKS, found);
    }
    return await found;
  }

  #follow(watcher: vscode.FileSystemWatcher): readonly vscode.Disposable[] {
    const on = (tell: (path: string) => void) => (uri: vscode.Uri) => {
      if (!isInPassedOver(uri)) {
        tell(uri.fsPath);
      }
    };
    return [
      watcher,
      watcher.onDidCreate(on((path) => this.#forget({ kind: 'written', path }))),
      watcher.onDidChange(on((path) => this.#changed.fire({ kind: 'written', path }))),
      watcher.onDidDelete(on((path) => this.#forget({ kind: 'deleted', path }))),
    ];
  }

  #forget(change: SourceChange): void {
    this.#pathsByGlob.clear();
    this.#changed.fire(change);
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }
}

/** Whether a path is that of a Python file or a notebook. */
export function isSource(path: string): boolean {
  return path.endsWith('.py') || isNotebook(path);
}

function isInPassedOver(uri: vscode.Uri): boolean {
  const segments = vscode.workspace.asRelativePath(uri, false).split('/');
  return segments.some((segment) => PASSED_OVER.includes(segment));
}

/** Whether a path lies in a folder of the workspace or in the folder of the trace. */
export function isAllowed(path: string, traceFolder: string): boolean {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return [...folders.map((folder) => folder.uri.fsPath), traceFolder].some((folder) =>
    isInside(path, folder),
  );
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

async function findInWorkspace(glob: string): Promise<string[]> {
  const uris = await vscode.workspace.findFiles(glob, EXCLUDED_FOLDERS, MAX_CANDIDATES);
  return uris.map((uri) => uri.fsPath).sort();
}

/** Takes the name literally. */
function globOf(name: string, ignoresCase: boolean): string {
  const literal = name.replaceAll(/[[\]{}*?]/g, '[$&]');
  const anyCase = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
  return `**/${ignoresCase ? literal.replaceAll(/[a-z]/gi, anyCase) : literal}`;
}

/** The ends of the recorded path that exist below the folder of the trace. */
async function findBeside(recorded: string, traceFolder: string): Promise<string[]> {
  const segments = pathSegments(recorded, false).slice(-MAX_SEGMENTS);
  const found: string[] = [];
  for (let first = 0; first < segments.length; first += 1) {
    const path = join(traceFolder, ...segments.slice(first));
    if (isInside(path, traceFolder) && (await isFile(path))) {
      found.push(path);
    }
  }
  return found;
}

/** Whether the path is a file now. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
