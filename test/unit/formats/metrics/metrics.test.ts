import assert from 'node:assert/strict';
import { analyzeRun } from '../../../../src/core/analyze.ts';
import { mappingOf } from '../../../../src/core/formats/metric-files/metric-mapping.ts';
import { stepTimeRule } from '../../../../src/core/formats/metric-files/step-time-rule.ts';
import { recognizeFormat } from '../../../../src/core/formats/read-trace.ts';
import { assembleRun } from '../../../../src/core/runs/assemble-run.ts';
import { fixture, readBytes } from '../../../support/read-bytes.ts';
import { drawEvents } from '../../../support/tf-events.ts';
import { metricRows as rowsOf, readMetricBytes as read } from '../../../support/view-metrics.ts';
import { counterOf, stepsOf } from '../../../support/view-log.ts';

const START = 1_763_632_800;

const FILE = {
  path: 'metrics',
  format: 'metrics',
  rank: null,
  worldSize: null,
  runName: null,
  sizeBytes: 0,
  modifiedMs: 0,
};
const GROUP = { id: 'metrics', name: 'metrics', folder: '', files: [FILE] };

const SCALARS = [
  { wallTime: START, step: 1, tag: 'loss', value: 2.5 },
  { wallTime: START + 0.25, step: 2, tag: 'step_time', value: 1.5, isTensor: true },
];

/** With the lines or records that hold values. */
const SAMPLES: readonly (readonly [string, number])[] = [
  ['nvidia-smi.csv', 4],
  ['wandb-history.jsonl', 3],
  ['train.csv', 3],
  ['scrape.prom', 11],
  ['lines.statsd', 4],
  ['mlflow-loss', 4],
  ['events', 3],
];

describe('metrics', () => {
  it('reads the CSV of nvidia-smi: units, devices, what is not available', async () => {
    const metrics = await read(fixture('metrics/nvidia-smi.csv'));
    const wall = Date.UTC(2026, 10, 20, 10) / 1e3;
    assert.equal(metrics.clock, 'wall');
    assert.deepEqual(rowsOf(metrics).slice(0, 5), [
      ['gpu 0 utilization.gpu [%]', null, wall, NaN, 12],
      ['gpu 0 memory.used [MiB]', null, wall, NaN, 1024],
      ['gpu 0 power.draw [W]', null, wall, NaN, 98.5],
      ['gpu 1 utilization.gpu [%]', null, wall + 0.01, NaN, 0],
      ['gpu 1 memory.used [MiB]', null, wall + 0.01, NaN, 1024],
    ]);
    assert.deepEqual([metrics.length, metrics.counts.kept], [11, 4]);
  });

  it('reads the history of Weights & Biases', async () => {
    const metrics = await read(fixture('metrics/wandb-history.jsonl'));
    assert.equal(metrics.clock, 'unix');
    assert.deepEqual(
      rowsOf(metrics).filter(([name]) => name === 'train/loss'),
      [
        ['train/loss', null, START + 0.5, 0, 10.5],
        ['train/loss', null, START + 1, 2, 8.25],
      ],
    );
    const trace = await readBytes(fixture('metrics/wandb-history.jsonl'));
    assert.deepEqual(
      stepsOf(trace).map(([step, , seconds]) => [step, seconds]),
      [
        [0, 0.2105],
        [1, 0.1905],
        [2, 0.2],
      ],
    );
    assert.deepEqual(counterOf(trace, 'perf/tokens_per_second'), [4100, 4200, 4300]);
    assert.equal(trace.meta.originNs, BigInt(START * 1e9) + 289_500_000n);
  });

  it('takes a time that does not run on for that of each step, and the time of loading for a part of it', async () => {
    const trace = await readBytes(fixture('metrics/train.csv'));
    assert.deepEqual(stepsOf(trace), [
      [1, 0, 0.5],
      [2, 0.5, 0.25],
      [3, 0.75, 0.75],
    ]);
    const { spans, strings } = trace;
    const loading = [...spans.duration].filter((_, i) => strings[spans.name[i]] === 'data_time');
    assert.deepEqual(loading, [1e8, 5e7, 5e8]);
    const running = await read('step,time,loss\n1,0.5,4\n2,1.0,3\n3,1.5,2\n');
    assert.deepEqual(rowsOf(running)[1], ['loss', null, 1, 2, 3]);
  });

  it('reads Prometheus text: ranks, the labels that tell series apart, no buckets', async () => {
    const metrics = await read(fixture('metrics/scrape.prom'));
    assert.deepEqual(
      rowsOf(metrics).map(([name, rank, , , value]) => [name, rank, value]),
      [
        ['train_step_seconds', 0, 0.5],
        ['train_step_seconds', 1, 0.75],
        ['gpu_memory_bytes {pool=active}', 0, 1e9],
        ['gpu_memory_bytes {pool=reserved}', 0, 2e9],
        ['gpu_memory_bytes {pool=active}', 1, 3e9],
        ['wait_sum', null, 1.5],
        ['wait_count', null, 4],
      ],
    );
    const { read: lines, kept, dropped } = metrics.counts;
    assert.deepEqual([lines, kept, dropped], [11, 10, 1]);
    const run = assembleRun(GROUP, [
      { file: FILE, trace: await readBytes(fixture('metrics/scrape.prom')) },
    ]);
    assert.deepEqual(
      run.ranks.map(({ rank, trace }) => [
        rank,
        stepsOf(trace).map(([, , s]) => s),
        trace.counters.length,
      ]),
      [
        [0, [0.5], 2],
        [1, [0.75], 1],
      ],
    );
  });

  it('reads lines of statsd with their tags and times', async () => {
    const metrics = await read(fixture('metrics/lines.statsd'));
    assert.deepEqual(rowsOf(metrics), [
      ['train.loss', 1, START, NaN, 4.25],
      ['train.step_time [ms]', 1, START, NaN, 312],
      ['train.step_time [ms]', 1, START + 1, NaN, 318.5],
      ['train.loss', 1, START + 1, NaN, 4],
    ]);
  });

  it('reads a metric of MLflow, called as its file is', async () => {
    const metrics = await read(fixture('metrics/mlflow-loss'), {
      name: '/runs/mlruns/0/a1/metrics/train/loss',
    });
    assert.deepEqual(rowsOf(metrics), [
      ['train/loss', null, START + 0.5, 0, 0.5],
      ['train/loss', null, START + 1, 1, 0.25],
      ['train/loss', null, START + 2, 3, 0.125],
    ]);
    assert.equal(metrics.counts.kept, 4);
  });

  it('reads any table by the mapping of the project', async () => {
    const mapping = {
      files: '*.log.csv',
      time: 'when',
      timeZone: '+02:00',
      step: 'n',
      rank: 'worker',
      stepTime: 'took',
      units: { took: 'ms', heat: '°C' },
    };
    const text =
      'when;n;worker;took;heat\n2026-11-20 12:00:00;7;3;250;60\n2026-11-20 12:00:01;8;3;500;61\n';
    const metrics = await read(text, { mapping });
    const start = Date.UTC(2026, 10, 20, 10) / 1e3;
    assert.deepEqual(rowsOf(metrics), [
      ['took [ms]', 3, start, 7, 250],
      ['heat [°C]', 3, start, 7, 60],
      ['took [ms]', 3, start + 1, 8, 500],
      ['heat [°C]', 3, start + 1, 8, 61],
    ]);
    assert.deepEqual(metrics.series[0].stepTime, { kind: 'duration', unitMs: 1 });
    assert.equal(mappingOf('/a/b/run.log.csv', [mapping]), mapping);
    assert.equal(mappingOf('/a/b/run.csv', [mapping]), null);
    assert.equal(mappingOf('/a/b.log.csv/run.json', [mapping]), null);
  });

  it('knows names of step times with their units', () => {
    const known: readonly (readonly [string, string | null, number | null])[] = [
      ['step_time', 'duration', null],
      ['step_time_ms', 'duration', 1],
      ['train/step_time_s', 'duration', 1e3],
      ['train_step_seconds', 'duration', 1e3],
      ['iteration-time', 'duration', null],
      ['elapsed time per iteration (ms)', 'duration', 1],
      ['time_metrics/end_to_end(s)', 'duration', 1e3],
      ['time_metrics/data_loading(s)', 'loading', 1e3],
      ['perf/s_per_step', 'duration', 1e3],
      ['train.step_time [ms]', 'duration', 1],
      ['batch_time', 'duration', null],
      ['steps_per_second', 'rate', 1e3],
      ['train_steps_per_second', 'rate', 1e3],
      ['data_time', 'loading', null],
      ['step', null, null],
      ['step_time_total', null, null],
      ['step_time_p99', null, null],
      ['train/loss', null, null],
      ['tokens_per_second', null, null],
      ['samples_per_step', null, null],
      ['time', null, null],
    ];
    for (const [name, kind, unitMs] of known) {
      assert.deepEqual(stepTimeRule(name), kind === null ? null : { kind, unitMs }, name);
    }
  });

  it('chooses the unit of step times by the time between them', async () => {
    const row = (i: number): string =>
      JSON.stringify({ step: i, timestamp: START + 0.3 * i, step_time: 290 + i });
    const trace = await readBytes(
      new TextEncoder().encode(`${[0, 1, 2, 3].map(row).join('\n')}\n`),
    );
    assert.deepEqual(
      stepsOf(trace).map(([, , seconds]) => seconds),
      [0.29, 0.291, 0.292, 0.293],
    );
    assert.ok(trace.problems.some(({ reason }) => reason.includes('taken as milliseconds')));
  });

  it('takes no other text for metrics', () => {
    const others = [
      'name,calls,total (ms)\naten::mm,3,4.5\naten::add,1,2\n',
      'a,b\n1,2\n3,4\n',
      '{"type":"span","name":"x","step":1,"ts":1,"dur":2}\n',
      '{"ph":"X","name":"a","ts":1,"dur":2,"pid":1,"tid":1}\n',
      '{"step": 1, "loss": 2}{"step": 2}',
      'Training for 3 steps, as always.\nstep,loss\n1,2\n',
      '# TYPE of thing\nnothing else\n',
      '1763632800500 is a number\n',
      '{"time": "now", "loss": 1}',
      '[{"step": 1, "loss": 2}]',
    ];
    for (const text of others) {
      const bytes = new TextEncoder().encode(text);
      assert.notEqual(recognizeFormat({ bytes, isWhole: true })?.format.id, 'metrics', text);
    }
  });

  it('says of metrics alone what they are, and diagnoses no timeline', async () => {
    const trace = await readBytes(fixture('metrics/nvidia-smi.csv'));
    const { report, startNs, endNs } = analyzeRun(assembleRun(GROUP, [{ file: FILE, trace }]));
    assert.deepEqual(
      report.health.notes.map(({ id }) => id),
      ['metrics-only'],
    );
    assert.match(report.verdict.text, /^These are values over time/);
    assert.deepEqual(report.findings, []);
    // Four moments, and a third of the time between the first and the last after it.
    assert.deepEqual([startNs, Math.round(endNs)], [0, Math.round((1.01e9 * 4) / 3)]);
  });

  for (const [sample, lines] of SAMPLES) {
    it(`never throws for a part of ${sample}`, async () => {
      const bytes = sample === 'events' ? drawEvents(SCALARS) : fixture(`metrics/${sample}`);
      const whole = await read(bytes);
      assert.equal(whole.counts.read, lines);
      let kept = 0;
      for (let length = 0; length < bytes.length; length += 7) {
        const { counts } = await readBytes(bytes.subarray(0, length));
        assert.equal(counts.read, counts.kept + counts.dropped);
        kept = Math.max(kept, counts.kept);
      }
      assert.ok(kept <= whole.counts.kept);
    });
  }
});
