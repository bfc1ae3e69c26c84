import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { drawEvents } from '../../support/tf-events.ts';

const START_S = 1_763_632_800;
/** The recording begins half a second after a whole one. */
const ORIGIN_NS = BigInt(START_S) * 1_000_000_000n + 500_000_000n;
const STEPS = 4;

type Value = readonly [name: string, seconds: number, value: number];

function valuesOf(run: Run, rank: number): Value[] {
  const { counters, strings } = run.ranks[rank].trace;
  return Array.from({ length: counters.length }, (_, i) => [
    strings[counters.series[i]],
    counters.time[i] / 1e9,
    counters.value[i],
  ]);
}

describe('metrics beside a run', () => {
  const { signal } = new AbortController();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'training-sleuth-metrics-'));
    drawRun('', String(ORIGIN_NS));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Two ranks of steps of one second each, numbered from 10. */
  function drawRun(inside: string, startUnixNs: string | null): void {
    for (const rank of [0, 1]) {
      const lines: object[] = [{ type: 'run', schema: 1, run: 'drawn', rank, worldSize: 2 }];
      for (let i = 0; i < STEPS; i++) {
        lines.push({ type: 'step', step: 10 + i, ts: i * 1e9, dur: 1e9 });
        lines.push({
          type: 'span',
          name: 'forward',
          phase: 'forward',
          step: 10 + i,
          ts: i * 1e9,
          dur: 9e8,
        });
      }
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const header =
        startUnixNs === null
          ? text
          : text.replace('"schema":1', `"schema":1,"startUnixNs":${startUnixNs}`);
      write(join(inside, `rank${rank}.spans.jsonl`), header);
    }
  }

  function write(name: string, content: string | Uint8Array): void {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  async function read(inside = ''): Promise<Run> {
    const groups = groupRuns(await findRunFiles([join(folder, inside)], signal));
    assert.equal(groups.length, 1);
    return await readRun(groups[0], { signal });
  }

  function notesOf(run: Run): string[] {
    return analyzeRun(run)
      .report.health.notes.filter(({ id }) => id === 'metrics-beside')
      .map(({ text }) => text);
  }

  it('makes counters of the values within the recording, and of the one that stands when it begins', async () => {
    const rows = [-2, -1, 0, 1, 2, 3, 4, 5].map((second) => `${START_S + second},${10 * second}`);
    write('gpu.csv', `timestamp,power [W]\n${rows.join('\n')}\n`);
    const run = await read();
    assert.deepEqual(valuesOf(run, 0), [
      ['power [W]', 0.5, 10],
      ['power [W]', 1.5, 20],
      ['power [W]', 2.5, 30],
      ['power [W]', 3.5, 40],
      ['power [W]', 0, 0],
    ]);
    assert.deepEqual(valuesOf(run, 1), []);
    assert.deepEqual(notesOf(run), [
      'gpu.csv (CSV) lies beside the run: 5 of 8 values are shown as counters.',
    ]);
    assert.deepEqual(analyzeRun(run).report.health.events.read, 2 * (1 + 2 * STEPS));
  });

  it('gives each rank its own, by label and by the name of the file', async () => {
    const line = (rank: number): string =>
      JSON.stringify({ timestamp: START_S + 1, rank, loss: 2 + rank });
    write('all.jsonl', `${line(0)}\n${line(1)}\n${line(7)}\n`);
    write(
      'events.out.tfevents.1.rank1',
      drawEvents([{ wallTime: START_S + 2, step: 9, tag: 'lr', value: 0.5 }]),
    );
    const run = await read();
    assert.deepEqual(valuesOf(run, 0), [['loss', 0.5, 2]]);
    assert.deepEqual(valuesOf(run, 1), [
      ['loss', 0.5, 3],
      ['lr', 1.5, 0.5],
    ]);
  });

  it('gives the rank of a folder what lies in it', async () => {
    const row = (value: number): string => `timestamp,power\n${START_S + 1},${value}\n`;
    const lines = [0, 1].map((rank) =>
      [
        {
          type: 'run',
          schema: 1,
          run: 'apart',
          rank,
          worldSize: 2,
          startUnixNs: Number(ORIGIN_NS),
        },
        { type: 'span', name: 'forward', phase: 'forward', step: 1, ts: 0, dur: 2e9 },
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
    write('apart/a/x.spans.jsonl', lines[0]);
    write('apart/b/x.spans.jsonl', lines[1]);
    write('apart/a/gpu.csv', row(1));
    write('apart/b/gpu.csv', row(2));
    const files = await findRunFiles([join(folder, 'apart')], signal);
    const group = { id: 'apart', name: 'apart', folder: join(folder, 'apart'), files };
    const run = await readRun(group, { signal });
    assert.deepEqual(
      [valuesOf(run, 0), valuesOf(run, 1)],
      [[['power', 0.5, 1]], [['power', 0.5, 2]]],
    );
    assert.deepEqual(notesOf(run), [
      '2 files gpu.csv (CSV) lie beside the run: 2 of 2 values are shown as counters.',
    ]);
  });

  it('finds the time zone where only one fits, and says so', async () => {
    // Written where clocks are two hours ahead of UTC.
    const stamps = [0, 1, 2].map((second) => new Date(1e3 * (START_S + second + 7_200)));
    const rows = stamps.map(
      (date, i) => `${date.toISOString().slice(0, 19).replace('T', ' ')},${i}`,
    );
    write('smi.csv', `timestamp,sm\n${rows.join('\n')}\n`);
    const run = await read();
    assert.deepEqual(valuesOf(run, 0), [
      ['sm', 0.5, 1],
      ['sm', 1.5, 2],
      ['sm', 0, 0],
    ]);
    assert.match(notesOf(run)[0], /taken as UTC\+02:00, the only time zone/);
  });

  it('shows nothing where two time zones fit, and tells how to say which', async () => {
    const rows = [0, 3_600].map(
      (s) => `${new Date(1e3 * (START_S + s)).toISOString().slice(0, 19)},1`,
    );
    write('smi.csv', `timestamp,sm\n${rows.join('\n')}\n`);
    const run = await read();
    assert.deepEqual(valuesOf(run, 0), []);
    assert.match(
      notesOf(run)[0],
      /nothing tells when the values were in the time of the run.*\.training-sleuth\.json/,
    );
    write(
      '.training-sleuth.json',
      JSON.stringify({ metrics: [{ files: 's*.csv', timeZone: 'Z' }] }),
    );
    assert.deepEqual(valuesOf(await read(), 0), [['sm', 0, 1]]);
  });

  it('places values without a time where steps of their number begin', async () => {
    write('steps.csv', 'step,loss\n9,5\n10,4\n12,3\n');
    const run = await read();
    assert.deepEqual(valuesOf(run, 0), [
      ['loss', 0, 4],
      ['loss', 2, 3],
    ]);
    assert.match(notesOf(run)[0], /2 of 3 values are shown as counters, placed where steps/);
  });

  it('shows a scrape without times over the whole run', async () => {
    write('node.prom', '# TYPE power gauge\npower{rank="1"} 300\npower{rank="0"} 250\n');
    const run = await read();
    assert.deepEqual(
      [valuesOf(run, 0), valuesOf(run, 1)],
      [[['power', 0, 250]], [['power', 0, 300]]],
    );
  });

  it('says of other times that they are others, and of no clock that there is none', async () => {
    write('old.csv', 'timestamp,power\n1600000000,1\n1600000001,2\n1900000000,3\n');
    assert.deepEqual(valuesOf(await read(), 0), [['power', 0, 2]]);
    // A monitor that ended long before says nothing of the run; one that ended a moment before does.
    write('old.csv', 'timestamp,power\n1600000000,1\n1600000001,2\n');
    assert.deepEqual(valuesOf(await read(), 0), []);
    write('old.csv', `timestamp,power\n${START_S - 20},1\n${START_S - 10},2\n`);
    assert.deepEqual(valuesOf(await read(), 0), [['power', 0, 2]]);
    write('old.csv', 'timestamp,power\n1900000000,1\n1900000001,2\n');
    assert.match(notesOf(await read())[0], /of 2 values none was measured during it/);
    drawRun('clockless', null);
    write('clockless/old.csv', 'timestamp,power\n1900000000,1\n1900000001,2\n');
    assert.match(notesOf(await read('clockless'))[0], /is not shown: nothing tells/);
  });

  it('finds the metrics of the MLflow run whose artifact the trace is', async () => {
    const ms = (second: number): number => 1e3 * (START_S + second);
    write('mlruns/0/a1/meta.yaml', 'run_id: a1\n');
    drawRun('mlruns/0/a1/artifacts', String(ORIGIN_NS));
    write('mlruns/0/a1/metrics/train/loss', `${ms(1)} 2.5 1\n${ms(2)} 2.0 2\n`);
    write('mlruns/0/b2/metrics/loss', `${ms(1)} 9 1\n`);
    const run = await read('mlruns/0/a1');
    assert.deepEqual(valuesOf(run, 0), [
      ['train/loss', 0.5, 2.5],
      ['train/loss', 1.5, 2],
    ]);
  });

  it('never takes tables and metrics of a folder for runs, nor other tables for metrics', async () => {
    write('metrics.jsonl', `${JSON.stringify({ timestamp: START_S + 1, loss: 1 })}\n`);
    write('kernels.csv', 'name,calls\nmm,3\nadd,4\n');
    write('requests.jsonl', '{"prompt": "a", "answer": "b"}\n');
    write('table.csv', 'a,b\n1,2\n');
    const files = await findRunFiles([folder], signal);
    assert.deepEqual(
      files.map(({ format }) => format),
      ['spans', 'spans'],
    );
    assert.deepEqual(
      (await read()).metrics?.map(({ file }) => file),
      [join(folder, 'metrics.jsonl')],
    );
  });

  it('opens a file of metrics that is named', async () => {
    write('gpu.csv', `timestamp,power\n${START_S},1\n${START_S + 1},2\n`);
    const groups = groupRuns(await findRunFiles([join(folder, 'gpu.csv')], signal));
    const run = await readRun(groups[0], { signal });
    assert.deepEqual(valuesOf(run, 0), [
      ['power', 0, 1],
      ['power', 1, 2],
    ]);
    assert.equal(run.ranks[0].trace.meta.format, 'metrics');
  });

  it('keeps counters of many ranks that wait on the disk', async () => {
    write('gpu.csv', `timestamp,power\n${START_S + 1},7\n`);
    const groups = groupRuns(await findRunFiles([folder], signal));
    const run = await readRun(groups[0], { signal, maxRanksInMemory: 1 });
    assert.notEqual(run.ranks[0].trace.spillable, undefined);
    assert.deepEqual(valuesOf(run, 0), [['power', 0.5, 7]]);
    assert.equal(run.ranks[0].trace.spans.length, 2 * STEPS);
  });
});
