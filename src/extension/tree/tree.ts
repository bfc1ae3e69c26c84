import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import { CONTEXT_KEYS, RUNS_VIEW, SETTINGS } from '../ids.ts';
import { isBaseline } from '../runs/baseline-runs.ts';
import type { RunPulses } from '../live/run-pulses.ts';
import type { RunStore } from '../runs/run-store.ts';
import { baselinePath, onDidChangeSetting } from '../settings.ts';
import { childrenOf, describeNode, type RunNode } from './run-nodes.ts';

/** The runs that were found, with verdict, findings and ranks below each. */
export function registerTree(store: RunStore, pulses: RunPulses): Disposable {
  const owned = new DisposableStore();
  const provider = owned.add(new RunTree(store, pulses));
  owned.add(
    vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: provider, showCollapseAll: true }),
  );
  const refresh = (): void => provider.refresh();
  owned.add(store.onDidChangeList(refresh));
  owned.add(store.onDidChangeRun(refresh));
  owned.add(store.onDidChangeShown(refresh));
  owned.add(pulses.onDidChange(refresh));
  owned.add(onDidChangeSetting(SETTINGS.baseline, refresh));
  return owned;
}

class RunTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly pulses: RunPulses,
  ) {}

  refresh(): void {
    void vscode.commands.executeCommand(
      'setContext',
      CONTEXT_KEYS.hasRun,
      this.store.runs.length > 0,
    );
    this.#changed.fire();
  }

  getChildren(node?: RunNode): RunNode[] {
    return node === undefined
      ? this.store.runs.map((run) => ({ kind: 'run', run }))
      : childrenOf(node);
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return describeNode(node, {
      isShown: this.store.shown === node.run,
      pulse: this.pulses.pulseOf(node.run),
      isBaseline: isBaseline(node.run, this.store.runs, baselinePath()),
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
