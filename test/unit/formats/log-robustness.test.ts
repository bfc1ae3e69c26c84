import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { LOG_DIALECTS } from '../../../src/core/formats/log-dialects/dialects.ts';
import { parseLogLine } from '../../../src/core/formats/log-lines/log-line.ts';
import { recognizeFormat } from '../../../src/core/formats/read-trace.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { assembleRun } from '../../../src/core/runs/assemble-run.ts';
import { fixture, readBytes, readText } from '../../support/read-bytes.ts';
import { countsOf, stepsOf } from '../../support/view-log.ts';

const FILE = {
  path: 'train.log',
  format: 'logs',
  rank: null,
  worldSize: null,
  runName: null,
  sizeBytes: 0,
  modifiedMs: 0,
};

describe('what a log reader survives and tells', () => {
  it('never lets steps overlap where stamps are whole seconds', async () => {
    const lines = ['00', '00', '00', '01', '01'].map(
      (second, i) =>
        ` [2025-03-01 10:00:${second}] iteration ${i + 1}/ 9 | elapsed time per iteration (ms): 300.0 |\n`,
    );
    assert.deepEqual(
      stepsOf(await readText(lines.join(''))).map(([, start]) => start),
      [0, 0.3, 0.6, 1, 1.3],
    );
  });

  it('reads what a progress bar overwrites, whatever ends lines', async () => {
    const line = (step: number): string => `iter ${step}: loss 2.1, time 100.0ms`;
    const text = `${line(1)}\r\n 10%|#   | 1/9\r${line(2)}\r 20%|##  | 2/9\n${line(3)}\n`;
    assert.deepEqual(
      stepsOf(await readText(text)).map(([step]) => step),
      [1, 2, 3],
    );
  });

  it('finds logs in a folder, and no other text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logs-'));
    const lines = 'iter 1: loss 2.1, time 135.2ms\niter 2: loss 2.1, time 135.2ms\n';
    writeFileSync(join(folder, 'late.out'), `${'setting up\n'.repeat(20_000)}${lines}`);
    writeFileSync(join(folder, 'one.log'), lines.slice(0, lines.length / 2));
    writeFileSync(join(folder, 'README.txt'), 'Train for many steps.\n');
    const found = await findRunFiles([folder], new AbortController().signal);
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      found.map(({ path, format }) => [basename(path), format]),
      [['late.out', 'logs']],
    );
  });

  it('shows the numbers of a line while its step lasts', async () => {
    const trace = await readText('iter 1: loss 2.5, time 100.0ms\niter 2: loss 2.0, time 50.0ms\n');
    assert.deepEqual([...trace.counters.time], [0, 100e6]);
    assert.deepEqual([...trace.counters.value], [2.5, 2]);
  });

  it('gives every rank of one file its steps, however many parts they have', async () => {
    const linesOf = (step: number): string =>
      [0, 1, 2]
        .flatMap((rank) => [
          `${rank}:  iteration ${step}/ 9 | elapsed time per iteration (ms): ${100 + rank}.0 |`,
          `${rank}: time (ms) | forward-compute: 30.0 | forward-send: 1.0 | backward-compute: 40.0 | optimizer: 9.0`,
        ])
        .join('\n');
    const trace = await readText(`${linesOf(1)}\n${linesOf(2)}\n`);
    assert.deepEqual(countsOf(trace), [12, 12, 0]);
    const run = assembleRun({ id: 'a', name: 'a', folder: '', files: [] }, [{ file: FILE, trace }]);
    assert.deepEqual(
      run.ranks.map(({ rank, trace: part }) => [rank, stepsOf(part).map(([, , s]) => s)]),
      [0, 1, 2].map((rank) => [rank, [(100 + rank) / 1e3, (100 + rank) / 1e3]]),
    );
    assert.equal(
      run.ranks.reduce((sum, { trace: part }) => sum + part.counts.kept, 0),
      12,
    );
    assert.equal(run.leftOut, undefined);
  });

  it('takes other text for no log', () => {
    const texts = [
      'Epoch times are in the README.\nstep by step: 1\n',
      '| Model | 0.1 | 20 | 3.0 | 5 |\n| Other | 0.2 | 20 | 3.0 | 5 |\n',
      '{"text": "iter 1: loss 2.1, time 135.2ms\\n iter 2: loss 2.1, time 135.2ms"}',
      '[{"ph": "X"},\niter 1: loss 2.1, time 135.2ms\niter 2: loss 2.1, time 135.2ms\n',
    ];
    for (const text of texts) {
      const head = { bytes: new TextEncoder().encode(text), isWhole: true };
      assert.notEqual(recognizeFormat(head)?.format.id, 'logs', text);
    }
  });

  it('reads hostile lines in linear time', () => {
    const seeds = [
      ' ',
      'a',
      '1',
      '|',
      'iteration ',
      'step: ',
      'a: ',
      '1,',
      ':::MLL ',
      '[rank1]:',
      'time (ms) | a: 1 ',
    ];
    const markers = [
      '',
      ' iteration 1/ 2 |',
      'step:  1  loss:',
      'iter 1: loss ',
      'step 1 |',
      'Epoch: [0][ 1/9]',
      'micro_step=1/global_step=1,',
      'step:1/2 ',
    ];
    const began = performance.now();
    for (const marker of markers) {
      for (const seed of seeds) {
        const line = parseLogLine((marker + seed.repeat(16_384)).slice(0, 16_384));
        LOG_DIALECTS.forEach((dialect) => dialect.read(line));
      }
    }
    const msPerLine = (performance.now() - began) / (markers.length * seeds.length);
    assert.ok(msPerLine < 60, `${msPerLine.toFixed(1)} ms a line`);
  });

  it('passes over what is too long, and reads on', async () => {
    const line = 'iter 1: loss 2.1, time 135.2ms\n';
    const text = `${line}${'x'.repeat(300_000)}\n${line.replace('1', '2')}`;
    for (const pieces of [65_536, 1_000]) {
      assert.deepEqual(countsOf(await readText(text, pieces)), [2, 2, 0]);
    }
  });

  it('says once what a log cannot tell, and asks no detector that needs a timeline', async () => {
    const trace = await readBytes(fixture('logs/megatron.log'));
    const { report } = analyzeRun({ name: 'log', ranks: [{ rank: 0, file: 'a.log', trace }] });
    assert.equal(report.health.notes.filter(({ id }) => id === 'log-only').length, 1);
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['data-stall'],
    );
  });

  it('sees slow steps, drift and waits for data in a log', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => {
      const ms = i % 20 === 19 ? 0.4 : 0.1;
      return `Epoch: [0][${i}/200]\tTime  ${ms.toFixed(3)} ( 0.100)\tData  0.030 ( 0.030)\tLoss 1.0 (1.0)\n`;
    });
    const trace = await readText(lines.join(''));
    const { report } = analyzeRun({ name: 'log', ranks: [{ rank: 0, file: 'a.log', trace }] });
    const found = report.findings.map(({ id }) => id);
    assert.ok(found.includes('data-stall'), found.join(' '));
    assert.ok(found.includes('step-period'), found.join(' '));
  });
});
