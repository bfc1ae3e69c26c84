import assert from 'node:assert/strict';
import type { RunFile, RunGroup } from '../../../src/core/model/run.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { assembleRun, type ReadFile } from '../../../src/core/runs/assemble-run.ts';
import { readText, viewSpans } from '../../support/read-bytes.ts';

function kineto(rank: number | null): Promise<Trace> {
  const info = rank === null ? '' : `"distributedInfo": {"rank": ${rank}},`;
  return readText(
    `{"schemaVersion": 1, ${info} "traceEvents": [{"ph":"X","cat":"cpu_op","name":"op","pid":1,"tid":1,"ts":1,"dur":1}]}`,
  );
}

function spans(name: string, lane: string, ts: number): Promise<Trace> {
  const header = lane === 'main' ? '' : ',"worker":0';
  return readText(
    `{"type":"run","rank":0,"pid":1,"startUnixNs":1000000${header}}\n{"type":"span","name":"${name}","phase":"data","ts":${ts},"dur":5,"lane":"${lane}","file":"${name}.py","line":3,"attrs":{"seq":1,"group":"g"}}\n{"type":"counter","name":"c","ts":${ts},"value":1}\n{"type":"event","name":"e","ts":${ts}}\n`,
  );
}

function readFile(path: string, rank: number | null, trace: Trace): ReadFile {
  const file: RunFile = {
    path,
    format: trace.meta.format,
    rank,
    worldSize: null,
    runName: null,
    sizeBytes: 1,
    modifiedMs: 1,
  };
  return { file, trace };
}

function assemble(files: readonly ReadFile[]) {
  const group: RunGroup = {
    id: 'id',
    name: 'run',
    folder: '/x',
    files: files.map((read) => read.file),
  };
  return assembleRun(group, files);
}

describe('assembleRun', () => {
  it('leaves out files without events, and keeps them where there are no others', async () => {
    const empty = await readText('');
    const files = [readFile('a', 0, await kineto(0)), readFile('b', 1, empty)];
    const { ranks, leftOut = [] } = assemble(files);
    assert.deepEqual(
      ranks.map(({ file }) => file),
      ['a'],
    );
    assert.deepEqual(
      leftOut.map(({ file, rank }) => [file, rank]),
      [['b', 1]],
    );
    const none = assemble([readFile('b', 1, empty), readFile('c', null, empty)]);
    assert.equal(none.leftOut, undefined);
    assert.deepEqual(
      none.ranks.map(({ rank, file }) => [rank, file]),
      [
        [0, 'c'],
        [1, 'b'],
      ],
    );
  });

  it('orders the ranks, which the traces tell before the names', async () => {
    const run = assemble([
      readFile('a', 7, await kineto(2)),
      readFile('b', 1, await kineto(null)),
      readFile('c', null, await kineto(0)),
    ]);
    assert.equal(run.name, 'run');
    assert.deepEqual(
      run.ranks.map(({ rank, file }) => [rank, file]),
      [
        [0, 'c'],
        [1, 'b'],
        [2, 'a'],
      ],
    );
  });

  it('gives a file without a rank the first that is free', async () => {
    const run = assemble([
      readFile('a', null, await kineto(null)),
      readFile('b', null, await kineto(0)),
    ]);
    assert.deepEqual(
      run.ranks.map(({ rank, file }) => [rank, file]),
      [
        [0, 'b'],
        [1, 'a'],
      ],
    );
    assert.deepEqual(run.ranks[1].trace.problems, []);
  });

  it('keeps two files of one rank apart and says so', async () => {
    const run = assemble([
      readFile('a', null, await kineto(0)),
      readFile('b', null, await kineto(0)),
    ]);
    assert.deepEqual(
      run.ranks.map(({ rank, file }) => [rank, file]),
      [
        [0, 'a'],
        [1, 'b'],
      ],
    );
    assert.deepEqual(run.ranks[0].trace.problems, []);
    assert.match(run.ranks[1].trace.problems[0].reason, /rank 0.*shown as rank 1/);
  });

  it('makes the span files of one rank one trace, on one clock', async () => {
    const main = await spans('main', 'main', 10);
    const worker = await spans('load', 'worker 0', 40);
    const run = assemble([readFile('rank0', 0, main), readFile('rank0.worker0', 0, worker)]);
    assert.equal(run.ranks.length, 1);
    const { trace, file } = run.ranks[0];
    assert.equal(file, 'rank0');
    assert.deepEqual(
      viewSpans(trace).map(({ name, lane, start }) => [name, lane, start]),
      [
        ['main', 'main', 0],
        ['load', 'worker 0', 30],
      ],
    );
    assert.deepEqual(
      trace.lanes.map(({ first, count }) => [first, count]),
      [
        [0, 1],
        [1, 1],
      ],
    );
    assert.deepEqual(
      [...(trace.spans.file ?? [])].map((row) => trace.strings[row]),
      ['main.py', 'load.py'],
    );
    assert.equal(trace.spans.byteOffset[1], -1);
    assert.deepEqual([...trace.collectives.span], [0, 1]);
    assert.deepEqual([...trace.counters.time], [0, 30]);
    assert.deepEqual([...trace.instants.time], [0, 30]);
    assert.equal(trace.counts.read, main.counts.read + worker.counts.read);
    assert.equal(new Set(trace.strings).size, trace.strings.length);
  });

  it('of no files has no ranks', () => {
    assert.deepEqual(assemble([]).ranks, []);
  });
});
