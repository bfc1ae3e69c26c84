import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { deriveRank } from '../../../src/core/derived/rank-derived.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { stepAt } from '../../../src/core/derived/step-windows.ts';
import type { DeviceWindow, Report } from '../../../src/core/model/report.ts';
import { categoryIndex } from '../../../src/core/model/span-category.ts';
import { readText } from '../../support/read-bytes.ts';
import { readRun } from '../../support/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';

const RESNET_0 = 'kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz';
const RESNET_4 = 'kineto/resnet50-num-workers-4/worker0.1623212756351.pt.trace.json.gz';
const NCCL_2024 = 'kineto/hta-nccl-2024.json.gz';
const TWO_RANKS = [
  'kineto/hta-two-ranks/sampled_rank-0.json.gz',
  'kineto/hta-two-ranks/sampled_rank-1.json.gz',
];
const DLRM = [
  'worker0_step_12.1694128201545',
  'worker1_step_12.1694128201556',
  'worker2_step_12.1694128201554',
  'worker3_step_12.1694128201557',
  'worker4_step_12.1694128201547',
  'worker5_step_12.1694128201549',
  'worker6_step_12.1694128201553',
  'worker7_step_12.1694128201553',
].map((name) => `kineto/dlrm-8-ranks/${name}.pt.trace.json.gz`);
const CPU = 'torch-cpu';

describe('real traces', () => {
  itWithShared('ResNet-50 without workers is starved by its loader', [RESNET_0], async (files) => {
    const { findings, verdict, layers } = await report(files);
    assert.equal(findings[0].id, 'data-stall');
    assert.equal(findings[0].severity, 'error');
    assert.ok(findings[0].savingPercent >= 25 && findings[0].savingPercent <= 45);
    assert.match(verdict.text, /^The GPU waits for data during 3\d % of the step time\.$/);
    assert.ok(findings[0].location?.file.endsWith('resnet50_profiler_api.py'));
    assert.ok(layers !== null && layers.dataPercent > 25);
  });

  itWithShared('a trace that is cut in the middle is not judged', [RESNET_0], async (files) => {
    const text = gunzipSync(readFileSync(files[0])).toString();
    const trace = await readText(text.slice(0, text.length / 2));
    const { report: cut } = analyzeRun({
      name: 'cut',
      ranks: [{ rank: 0, file: 'cut.json', trace }],
    });
    assert.equal(cut.verdict.kind, 'inconclusive');
    assert.match(cut.verdict.text, /^The trace is cut,/);
    assert.ok(cut.findings.every(({ confidence }) => confidence === 'low'));
  });

  itWithShared('ResNet-50 with four workers is left alone', [RESNET_4], async (files) => {
    const { findings, verdict } = await report(files);
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== 'info'),
      [],
    );
    assert.equal(verdict.kind, 'balanced');
  });

  itWithShared(
    'the shares of every rank sum to 100',
    [RESNET_0, RESNET_4, NCCL_2024, ...TWO_RANKS],
    async (files) => {
      for (const { breakdown } of (await Promise.all(files.map((file) => report([file])))).flatMap(
        ({ ranks }) => ranks,
      )) {
        assert.ok(breakdown !== null);
        const { computePercent, exposedCommunicationPercent, exposedCopyPercent, idlePercent } =
          breakdown;
        assert.ok(
          Math.abs(
            computePercent + exposedCommunicationPercent + exposedCopyPercent + idlePercent - 100,
          ) < 1e-6,
        );
        const causes = Object.values(breakdown.idleCauses).reduce((sum, share) => sum + share, 0);
        assert.ok(Math.abs(causes - idlePercent) < 1e-6);
      }
    },
  );

  itWithShared(
    'the device window equals an independent computation',
    [NCCL_2024, ...TWO_RANKS],
    async (files) => {
      for (const file of files) {
        const [rank] = (await report([file])).ranks;
        assertClose(rank.deviceWindow, windowByRaster(file), 0.001);
      }
    },
  );

  itWithShared(
    'the device window without the last step equals that of Holistic Trace Analysis',
    [
      NCCL_2024,
      ...TWO_RANKS,
      'hta-reference/hta_nccl_parser/temporal_breakdown.json',
      'hta-reference/hta_trace_filter/temporal_breakdown.json',
    ],
    async ([nccl, first, second, ncclReference, pairReference]) => {
      await compareWithHta(nccl, ncclReference, 0);
      await compareWithHta(first, pairReference, 0);
      await compareWithHta(second, pairReference, 1);
    },
  );

  itWithShared(
    'eight ranks of DLRM share a clock, and rank 7 comes last in the forward pass',
    DLRM,
    async (files) => {
      const run = await readRun(files);
      const { alignment } = deriveRun(run);
      assert.ok(alignment.isComparable && (alignment.uncertaintyNs ?? Infinity) < 100_000);
      const lastOf = ({ start }: { start: Float64Array }) => start.indexOf(Math.max(...start));
      assert.deepEqual(alignment.matches.map(lastOf), [7, 7, 7, 7, 7, 5, 5, 4]);
      const straggler = (await report(files)).findings.find(({ id }) => id === 'straggler');
      assert.ok(straggler?.severity === 'info');
      assert.deepEqual(straggler.ranks, [7]);
      assert.match(
        straggler.why,
        / up to 7\.62 ms after the first rank, at collective 1 of the 8 in step 10 \(nccl.+ costs most at collective 2, 509 µs /,
      );
    },
  );

  itWithShared(
    'a slow augmentation on the CPU is found, as the loop itself timed it',
    [`${CPU}/single_w0_slow/rank0.pt.trace.json.gz`],
    async (files) => {
      const { findings, verdict } = await report(files);
      assert.equal(findings[0].id, 'data-stall');
      assert.match(findings[0].why, /slow_augment/);
      assert.equal(verdict.kind, 'data-bound');
      assertNear(verdict.sharePercent, truthOf(files[0]), 2);
    },
  );

  itWithShared(
    'the loader of a CPU run with workers costs what the loop timed',
    [`${CPU}/single_w2_fast/rank0.pt.trace.json.gz`],
    async (files) => {
      const { ranks } = await report(files);
      const data = ranks[0].phases.find(({ phase }) => phase === 'data');
      assertNear(data?.sharePercent ?? 0, truthOf(files[0]), 3);
    },
  );

  itWithShared(
    'a rank that augments longer makes the other wait, for the data and at a line',
    [
      `${CPU}/ddp2_w1_slow_straggler1/rank0.pt.trace.json.gz`,
      `${CPU}/ddp2_w1_slow_straggler1/rank1.pt.trace.json.gz`,
    ],
    async (files) => {
      const { findings, verdict } = await report(files);
      assert.equal(findings[0].id, 'straggler');
      assert.deepEqual(findings[0].ranks, [1]);
      assert.equal(findings[0].layer, 'data');
      assert.equal(findings[0].location?.file, 'train.py');
      assert.equal(verdict.kind, 'imbalanced');
      assert.ok(findings.reduce((sum, { savingPercent }) => sum + savingPercent, 0) <= 100);
    },
  );

  itWithShared(
    'busy GPUs raise no alarm',
    [
      'kineto/nanogpt-before-after/after-rank-00-chrome-trace.json.gz',
      'kineto/nanogpt-before-after/before-rank-00-chrome-trace.json.gz',
    ],
    async (files) => {
      for (const file of files) {
        const { findings, verdict } = await report([file]);
        assert.deepEqual(findings, []);
        assert.equal(verdict.kind, 'compute-bound');
      }
    },
  );

  itWithShared(
    'one rank of eight on ROCm is judged with reserve',
    ['kineto/rocm-resnet-checkpoint-rank0of8.json.gz'],
    async (files) => {
      const { findings, ranks } = await report(files);
      assert.ok(findings.every(({ severity }) => severity !== 'error'));
      assert.deepEqual(
        findings.filter(({ id }) => id === 'comm-exposed').map(({ confidence }) => confidence),
        ['low'],
      );
      assert.ok(ranks[0].breakdown !== null && ranks[0].breakdown.idlePercent < 10);
    },
  );

  itWithShared(
    'too little to judge is called so',
    ['kineto/cpu-only-rank-34.pt.trace.json.gz'],
    async (files) => {
      const { findings, verdict } = await report(files);
      assert.deepEqual(findings, []);
      assert.equal(verdict.kind, 'inconclusive');
    },
  );
});

async function report(files: readonly string[]): Promise<Report> {
  return analyzeRun(await readRun(files)).report;
}

interface RawEvent {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}

/** Marks each slice between two edges, straight from the JSON; shares no code with the analysis. */
function windowByRaster(file: string): DeviceWindow {
  const { traceEvents } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    traceEvents: RawEvent[];
  };
  const work = traceEvents.filter(
    ({ ph, cat }) => ph === 'X' && /^(kernel|gpu_mem(cpy|set))$/.test(cat ?? ''),
  );
  const origin = Math.min(...work.map(({ ts }) => ts));
  const edges = [...new Set(work.flatMap(({ ts, dur }) => [ts - origin, ts - origin + dur]))].sort(
    (a, b) => a - b,
  );
  const rowOf = new Map(edges.map((edge, row) => [edge, row]));
  const classes = [0, 1, 2].map(() => new Uint8Array(edges.length));
  for (const { ts, dur, cat, name } of work) {
    const kind = cat !== 'kernel' ? 2 : /nccl/i.test(name) ? 1 : 0;
    const first = rowOf.get(ts - origin) ?? 0;
    classes[kind].fill(1, first, rowOf.get(ts - origin + dur));
  }
  const sumWhere = (isWanted: (row: number) => boolean): number =>
    edges.slice(1).reduce((sum, edge, row) => sum + (isWanted(row) ? edge - edges[row] : 0), 0) *
    1_000;
  const [compute, communication, copy] = classes;
  return {
    spanNs: (edges[edges.length - 1] - edges[0]) * 1_000,
    computeNs: sumWhere((row) => compute[row] === 1),
    communicationNs: sumWhere((row) => communication[row] === 1),
    copyNs: sumWhere((row) => copy[row] === 1),
    communicationOverlappedNs: sumWhere((row) => compute[row] === 1 && communication[row] === 1),
    idleNs: sumWhere((row) => compute[row] + communication[row] + copy[row] === 0),
  };
}

/**
 * HTA leaves out what the last profiler step launched, rounds starts up and ends down to microseconds,
 * and takes all that is not compute together.
 */
async function compareWithHta(file: string, referenceFile: string, rank: number): Promise<void> {
  const reference = JSON.parse(readFileSync(referenceFile, 'utf8')) as {
    result: { rows: number[][] };
  };
  const row = reference.result.rows.find(([number]) => number === rank);
  assert.ok(row !== undefined);
  const [, idleUs, computeUs, otherUs, totalUs] = row;
  const window = await windowAsHta(file);
  assert.ok(window !== null);
  const otherNs = window.spanNs - window.computeNs - window.idleNs;
  for (const [own, theirs] of [
    [window.spanNs, totalUs],
    [window.computeNs, computeUs],
    [otherNs, otherUs],
    [window.idleNs, idleUs],
  ]) {
    assertNear(own / (theirs * 1_000), 1, 0.0001);
  }
}

async function windowAsHta(file: string): Promise<DeviceWindow | null> {
  const [rank] = (await readRun([file])).ranks;
  const { steps, partner, work } = deriveRank(rank);
  const { spans, meta } = rank.trace;
  const category = spans.category.slice();
  const start = spans.start.slice();
  const duration = spans.duration.slice();
  const originNs = Number((meta.originNs ?? 0n) % 1_000n);
  for (const span of work.order) {
    const end = spans.start[span] + spans.duration[span] + originNs;
    start[span] = Math.ceil((spans.start[span] + originNs) / 1_000) * 1_000;
    duration[span] = Math.max(0, Math.floor(end / 1_000) * 1_000 - start[span]);
    const launch = partner[span];
    if (launch >= 0 && stepAt(steps, spans.start[launch]) === steps.length - 1) {
      category[span] = categoryIndex('other');
    }
  }
  const rounded = { ...spans, category, start, duration };
  return deriveRank({ ...rank, trace: { ...rank.trace, spans: rounded } }).deviceWindow;
}

/** The share of data waiting that the loop timed itself, over the steps that are analyzed, in percent. */
function truthOf(file: string): number {
  const { steps } = JSON.parse(
    readFileSync(file.replace('.pt.trace.json.gz', '.truth.json'), 'utf8'),
  ) as {
    steps: { data_wait_ms: number; total_ms: number }[];
  };
  const analyzed = steps.slice(3);
  const sum = (key: 'data_wait_ms' | 'total_ms'): number =>
    analyzed.reduce((total, step) => total + step[key], 0);
  return (100 * sum('data_wait_ms')) / sum('total_ms');
}

function assertClose(own: DeviceWindow | null, other: DeviceWindow, tolerance: number): void {
  assert.ok(own !== null);
  for (const key of Object.keys(other) as (keyof DeviceWindow)[]) {
    assertNear(own[key], other[key], tolerance * Math.max(other[key], 1));
  }
}

function assertNear(value: number, expected: number, tolerance: number): void {
  assert.ok(
    Math.abs(value - expected) <= tolerance,
    `${value} is not within ${tolerance} of ${expected}`,
  );
}
