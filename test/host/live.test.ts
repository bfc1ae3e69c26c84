import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { pulseText } from '../../src/extension/live/pulse-text.ts';
import { RunPulses } from '../../src/extension/live/run-pulses.ts';
import { readEnds } from '../../src/extension/live/span-file-ends.ts';
import type { Notice } from '../../src/extension/live/notices.ts';
import type { RunStore } from '../../src/extension/runs/run-store.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
import type { TestAccess } from '../../src/extension/test-access.ts';
import { describeNode } from '../../src/extension/tree/run-nodes.ts';
import {
  activateExtension,
  appendSteps,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  readHints,
  removeFolder,
  waitForRun,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'live-test';

function step(dataMs: number): DrawnSpan[] {
  const place = { file: 'loop.py' };
  return [
    { ...place, name: 'loader', phase: 'data', line: 2, fromMs: 0, toMs: dataMs },
    { ...place, name: 'forward', phase: 'forward', line: 3, fromMs: dataMs, toMs: 99 },
  ];
}

describe('a run that trains', () => {
  let access: TestAccess;
  let store: RunStore;
  let run: TrainingRun;
  let path = '';
  let script = vscode.Uri.file('/');
  let steps = 30;

  before(async () => {
    access = await activateExtension();
    ({ store } = access);
    const folder = makeFolder(FOLDER);
    script = vscode.Uri.file(join(folder, 'loop.py'));
    writeScript(script.fsPath, 5);
    path = join(folder, 'live.rank0.spans.jsonl');
    writeSpans(path, { rank: 0, worldSize: 1, steps, spans: step(1) });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    store.show(run);
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  async function train(count: number, dataMs: number): Promise<void> {
    appendSteps(path, steps, count, step(dataMs));
    steps += count;
    const total = steps;
    await waitForRun(store, (one) => one === run && one.analyzed?.report.run.steps.total === total);
  }

  it('is not live while nothing grows', () => {
    assert.equal(access.pulses.pulseOf(run), null);
    assert.equal(pulseText(null, run), '');
  });

  it('is live in the tree once it grows, with its step, and its hints follow', async () => {
    await train(10, 1);
    assert.deepEqual(access.pulses.pulseOf(run), { kind: 'live' });
    const role = { isShown: true, isBaseline: false, pulse: access.pulses.pulseOf(run) };
    const { description, iconPath } = describeNode({ kind: 'run', run }, role);
    assert.equal(
      String(description).replaceAll('\u00a0', ' '),
      `live · step ${steps - 1} · 100 ms per step`,
    );
    assert.ok(iconPath instanceof vscode.ThemeIcon && iconPath.id === 'pulse');
    const texts = (await readHints(script)).map(({ text }) => text.replaceAll('\u00a0', ' '));
    assert.equal(texts[1], '◂ 98 ms/step · 98 %');
  });

  it('is told of once when a finding appears, and not again', async () => {
    const told: Notice[] = [];
    const subscription = access.notices.onDidTell((notice) => told.push(notice));
    for (let round = 0; round < 5; round++) {
      await train(60, 80);
    }
    subscription.dispose();
    const stalls = told.filter(({ finding }) => finding?.id === 'data-stall');
    assert.equal(stalls.length, 1, told.map(({ text }) => text).join('\n'));
    assert.equal(stalls[0]?.run, run);
    const findings = told.map(({ finding }) => finding?.id);
    assert.deepEqual([...new Set(findings)], findings);
    const [hint = ''] = (await readHints(script)).map(({ text }) => text.replaceAll('\u00a0', ' '));
    assert.match(hint, /^◂ 80 ms\/step · 80 %/);
  });

  it('is silent, gone or ended, as its file and its process say', async () => {
    let nowMs = run.modifiedMs;
    const ends = { hasEnded: false, isProcessThere: null as boolean | null };
    const pulses = new RunPulses(
      store,
      () => nowMs,
      () => Promise.resolve(ends),
    );
    const changes: string[] = [];
    const subscription = pulses.onDidChange((one) => {
      changes.push(pulses.pulseOf(one)?.kind ?? 'none');
    });
    try {
      await train(5, 80);
      await train(5, 80);
      nowMs = run.modifiedMs + 180_000;
      await pulses.look();
      assert.equal(
        pulseText(pulses.pulseOf(run), run).replaceAll('\u00a0', ' '),
        `no step for 3 min; the last was step ${steps - 1}`,
      );
      ends.isProcessThere = false;
      await pulses.look();
      assert.match(
        pulseText(pulses.pulseOf(run), run),
        /its process is gone, .*; the last was step/,
      );
      ends.hasEnded = true;
      await pulses.look();
      assert.equal(pulseText(pulses.pulseOf(run), run), '');
      assert.deepEqual(changes, ['live', 'silent', 'gone', 'ended']);
    } finally {
      subscription.dispose();
      pulses.dispose();
    }
  });

  it('tells by the first and last line of its file whether its process is there', async () => {
    const file = join(makeFolder(`${FOLDER}/ends`), 'ends.spans.jsonl');
    const head = { type: 'run', schema: 1, rank: 0, pid: process.pid, host: hostname() };
    appendFileSync(file, `${JSON.stringify(head)}\n{"type":"step","step":0,"ts":0,"dur":1}\n`);
    assert.deepEqual(await readEnds(file), { hasEnded: false, isProcessThere: true });
    appendFileSync(file, '{"type":"end","ts":5}\n');
    assert.deepEqual(await readEnds(file), { hasEnded: true, isProcessThere: true });
    assert.deepEqual(await readEnds(path), { hasEnded: false, isProcessThere: null });
    assert.deepEqual(await readEnds(`${file}.gone`), { hasEnded: false, isProcessThere: null });
  });
});
