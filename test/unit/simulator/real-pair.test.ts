import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Analysis, RankTables } from '../../../src/core/model/tables.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { SPAN_CATEGORIES, type SpanCategory } from '../../../src/core/model/span-category.ts';
import { readRun } from '../../support/read-run.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

/**
 * ResNet-50 in full precision on a V100, with PyTorch of 2021, its optimizer one tensor at a time. Host times are
 * those of the recording: with four workers beside it the loop's thread is slower.
 */
const PAIR = [
  {
    file: 'kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz',
    workers: 0,
    operatorNs: 265_000,
  },
  {
    file: 'kineto/resnet50-num-workers-4/worker0.1623212756351.pt.trace.json.gz',
    workers: 4,
    operatorNs: 300_000,
  },
];

function simulateIt(workers: number, operatorNs: number): Promise<Run> {
  return readSimulated(
    simulationOf({
      steps: 6,
      model: {
        kind: 'convolutional',
        layers: 53,
        parameters: 25.6e6,
        matrixKernelNs: 450_000,
        pointwiseKernelNs: 86_000,
        operatorNs,
      },
      loader: { workers, batchNs: 69_000_000, batchBytes: 19_267_584 },
      optimizer: 'SGD',
      optimizerLoop: 'for-loop',
      lossReadEvery: 0,
      accelerator: 'Tesla V100-DGXS-32GB',
      recording: { annotations: false },
      troubles: [
        { kind: 'pageable-copy', bandwidth: 10e9 },
        { kind: 'full-precision', factor: 1 },
      ],
    }),
  );
}

function near(simulated: number, real: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(simulated - real) <= tolerance, `${what}: ${simulated}, really ${real}`);
}

function phaseMs(report: Report, phase: string): number {
  return (report.ranks[0].phases.find((one) => one.phase === phase)?.perStep.p50Ns ?? 0) / 1e6;
}

/** The names around spans of the main thread whose name fits, outermost first, one per depth of interest. */
function hasChain({ run, ranks }: Analysis, chain: readonly RegExp[]): boolean {
  const { spans, strings } = run.ranks[0].trace;
  const { nesting }: RankTables = ranks[0];
  const fits = (span: number, depth: number): boolean => {
    for (let i = span; i >= 0; i = nesting.parent[i]) {
      if (chain[depth].test(strings[spans.name[i]])) {
        return depth === 0 || fits(nesting.parent[i], depth - 1);
      }
    }
    return false;
  };
  const last = chain.length - 1;
  return Array.from({ length: spans.length }, (_, i) => i).some(
    (i) => chain[last].test(strings[spans.name[i]]) && fits(i, last),
  );
}

const CHAINS: readonly (readonly RegExp[])[] = [
  [/^ProfilerStep#\d+$/, /^enumerate\(DataLoader\)#_\w+Iter\.__next__$/],
  [/^ProfilerStep#\d+$/, /^aten::conv2d$/, /^aten::cudnn_convolution$/, /^cudaLaunchKernel$/],
  [/^ProfilerStep#\d+$/, /^aten::batch_norm$/, /^cudaLaunchKernel$/],
  [/^ProfilerStep#\d+$/, /^aten::to$/, /^aten::copy_$/, /^cudaMemcpyAsync$/],
  [/^ProfilerStep#\d+$/, /^Optimizer\.step#SGD\.step$/, /^aten::add_$/, /^cudaLaunchKernel$/],
  [/BatchNormBackward/, /^cudaLaunchKernel$/],
];

function categoriesOf({ run }: Analysis): Map<SpanCategory, number> {
  const counts = new Map<SpanCategory, number>();
  for (const category of run.ranks[0].trace.spans.category) {
    const name = SPAN_CATEGORIES[category];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe('a simulation of the real ResNet pair', () => {
  for (const { file, workers, operatorNs } of PAIR) {
    itWithShared(`agrees with ${workers} workers`, [file], async (files) => {
      const real = analyzeRun(await readRun(files));
      const simulated = analyzeRun(await simulateIt(workers, operatorNs));
      const [report, truth] = [simulated.report, real.report];

      const [stepMs, realStepMs] = [report, truth].map(({ stepTime }) => stepTime!.p50Ns / 1e6);
      near(stepMs, realStepMs, 0.05 * realStepMs, 'milliseconds of a step');
      near(phaseMs(report, 'forward'), phaseMs(truth, 'forward'), 2, 'forward');
      near(phaseMs(report, 'backward'), phaseMs(truth, 'backward'), 4, 'backward');

      const [shares, realShares] = [report, truth].map(({ ranks }) => ranks[0].breakdown!);
      near(shares.computePercent, realShares.computePercent, 6, 'percent of compute');
      near(shares.idlePercent, realShares.idlePercent, 6, 'percent idle');
      near(shares.exposedCopyPercent, realShares.exposedCopyPercent, 1.5, 'percent of copies');
      near(shares.idleCauses.data, realShares.idleCauses.data, 6, 'percent idle for data');
      near(shares.idleCauses.host, realShares.idleCauses.host, 6, 'percent idle for the host');

      assert.equal(report.verdict.kind, truth.verdict.kind);
      assert.equal(report.findings[0].id, truth.findings[0].id);
      for (const chain of CHAINS) {
        assert.ok(hasChain(real, chain), `the real one has no ${chain.join(' > ')}`);
        assert.ok(hasChain(simulated, chain), `the simulated one has no ${chain.join(' > ')}`);
      }
      const [counts, realCounts] = [categoriesOf(simulated), categoriesOf(real)];
      for (const category of ['cpu-op', 'runtime', 'kernel', 'memcpy'] as const) {
        const [count, realCount] = [counts.get(category) ?? 0, realCounts.get(category) ?? 0];
        assert.ok(count > realCount / 4 && count < realCount * 2, `${count} of ${category}`);
      }
    });
  }
});
