import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Finding } from '../../../src/core/model/report.ts';
import { readRun } from '../../support/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';

const KINETO = 'kineto';
const RESNET_0 = `${KINETO}/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz`;
const RESNET_4 = `${KINETO}/resnet50-num-workers-4/worker0.1623212756351.pt.trace.json.gz`;
const NCCL_2024 = `${KINETO}/hta-nccl-2024.json.gz`;
const DLRM_0 = `${KINETO}/dlrm-8-ranks/worker0_step_12.1694128201545.pt.trace.json.gz`;
const COMPILED = `${KINETO}/nanogpt-before-after/after-rank-00-chrome-trace.json.gz`;
const WITH_STACKS = [
  'rocm-resnet-checkpoint-rank0of8',
  'h100-timesformer-with-stack',
  'h100-bert-small',
];

describe('findings about compute in real traces', () => {
  itWithShared(
    'the host of ResNet-50 is late for as long as the raw events say, which is a note',
    [RESNET_0, RESNET_4],
    async (files) => {
      for (const file of files) {
        const finding = await find(file, 'host-bound');
        assert.equal(finding?.severity, 'info');
        const lateNs = 1_000 * meanOf(lateLaunchesUs(file));
        const isNear = Math.abs(finding.savingNsPerStep / lateNs - 1) < 0.02;
        assert.ok(isNear, `${finding.savingNsPerStep} against ${lateNs}`);
        const medianMs = medianOf(lateLaunchesUs(file)) / 1_000;
        assert.match(finding.why, new RegExp(`waits ${medianMs.toFixed(1)} ms in a typical step`));
      }
    },
  );

  itWithShared('a model that launches too slowly is called so', [NCCL_2024], async ([file]) => {
    const { findings, verdict } = analyzeRun(await readRun([file])).report;
    assert.equal(verdict.kind, 'host-bound');
    assert.deepEqual([findings[0].id, findings[0].severity], ['host-bound', 'error']);
    assert.ok(!findings.some(({ id }) => id === 'gpu-idle'));
  });

  itWithShared(
    'full precision on tensor cores is a note, with the share of the raw events',
    [RESNET_0, RESNET_4],
    async (files) => {
      for (const file of files) {
        const finding = await find(file, 'precision');
        assert.equal(finding?.severity, 'info');
        assert.ok(Math.abs(finding.threshold.measured - fullPrecisionPercent(file)) < 1);
      }
    },
  );

  itWithShared(
    'eight pageable copies of a microsecond are no trouble',
    [DLRM_0],
    async ([file]) => {
      assert.equal(await find(file, 'copy-pageable'), undefined);
    },
  );

  itWithShared(
    'calls of compiled code are no compilation, and a full queue of launches is no profiler',
    [COMPILED, `${KINETO}/${WITH_STACKS[0]}.json.gz`],
    async (files) => {
      for (const file of files) {
        const { findings, ranks } = analyzeRun(await readRun([file])).report;
        assert.ok(!findings.some(({ id }) => id === 'recompute-jit'));
        assert.ok((ranks[0].breakdown?.idleCauses.profiler ?? 100) < 0.1);
      }
    },
  );

  itWithShared(
    'the blocks of healthy models are even enough',
    WITH_STACKS.map((name) => `${KINETO}/${name}.json.gz`),
    async (files) => {
      for (const file of files) {
        assert.equal(await find(file, 'uneven-layers'), undefined);
      }
    },
  );

  itWithShared(
    'the slow augmentation is named as what takes most of the loading',
    ['torch-cpu/single_w0_slow/rank0.pt.trace.json.gz'],
    async ([file]) => {
      const finding = await find(file, 'data-slow-stage');
      assert.match(finding?.why ?? '', /^slow_augment takes 9\d %/);
      assert.ok(finding?.location?.file.endsWith('train.py'));
    },
  );
});

async function find(file: string, id: string): Promise<Finding | undefined> {
  return analyzeRun(await readRun([file])).report.findings.find((finding) => finding.id === id);
}

interface RawEvent {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly correlation?: number };
}

function completeEvents(file: string): RawEvent[] {
  const { traceEvents } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    traceEvents: RawEvent[];
  };
  return traceEvents.filter(({ ph }) => ph === 'X');
}

/** By step after the first: idle time that begins in no sync and ends with work launched only after it began. */
function lateLaunchesUs(file: string): number[] {
  const events = completeEvents(file);
  const launches = new Map(
    events
      .filter(({ cat }) => cat === 'Runtime')
      .map((event) => [event.args?.correlation, event.ts]),
  );
  const loader = events.filter(({ name }) => name.startsWith('enumerate(DataLoader)'));
  const syncs = events.filter(({ name }) => name.endsWith('Synchronize'));
  const work = events
    .filter(({ cat }) => /^(Kernel|Memcpy|Memset)$/.test(cat ?? ''))
    .sort((a, b) => a.ts - b.ts);
  const steps = events
    .filter(({ name }) => name.startsWith('ProfilerStep#'))
    .sort((a, b) => a.ts - b.ts)
    .slice(1);
  const late = steps.map(() => 0);
  let end = work[0].ts;
  for (const { ts, dur, args } of work) {
    const launch = launches.get(args?.correlation) ?? Infinity;
    const loading = loader.reduce(
      (sum, wait) =>
        sum + Math.max(0, Math.min(launch, wait.ts + wait.dur) - Math.max(end, wait.ts)),
      0,
    );
    const isSynced = syncs.some((sync) => sync.ts <= end && end <= sync.ts + sync.dur);
    const isLate =
      ts > end && launch >= end && launch <= ts && loading < (launch - end) / 2 && !isSynced;
    steps.forEach((step, i) => {
      const from = Math.max(end, step.ts);
      const until = Math.min(ts, step.ts + step.dur);
      late[i] += isLate ? Math.max(0, until - from) : 0;
    });
    end = Math.max(end, ts + dur);
  }
  return late;
}

/** Of the time of kernels, that of the names that cuDNN and cuBLAS give to single precision. */
function fullPrecisionPercent(file: string): number {
  const kernels = completeEvents(file).filter(({ cat }) => cat === 'Kernel');
  const steps = completeEvents(file).filter(({ name }) => name.startsWith('ProfilerStep#'));
  const begin = Math.min(...steps.map(({ ts, dur }) => ts + dur));
  const timeOf = (wanted: (name: string) => boolean): number =>
    kernels.reduce((sum, { ts, name, dur }) => sum + (ts >= begin && wanted(name) ? dur : 0), 0);
  const isFull = (name: string): boolean =>
    ['sgemm', 'scudnn', 'dgrad_engine<float', 'wgrad_alg0_engine<float', 'winograd'].some((part) =>
      name.includes(part),
    );
  return (100 * timeOf(isFull)) / timeOf(() => true);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
