import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { SPAN_CATEGORIES } from '../../../src/core/model/span-category.ts';
import { buildTrace, type SpanSpec } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const LANES = ['main', 'thread 2', 'stream 7', 'stream 9', 'annotations 7', 'overhead'];
const NAMES = [
  'ProfilerStep#1',
  'ProfilerStep#2',
  'ProfilerStep#3',
  'enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__',
  'forward',
  'Optimizer.step#SGD.step',
  'autograd::engine::evaluate_function: X',
  'cudaLaunchKernel',
  'cudaStreamSynchronize',
  'cudaMemcpyAsync',
  'ncclDevKernel_AllReduce',
  'gloo:all_reduce',
  'gemm',
  'train.py(3): main',
  'model.py(9): forward',
  '',
];

describe('any trace', () => {
  it('is analyzed without a failure, and its numbers add up', () => {
    const random = seededRandom(2026);
    for (let round = 0; round < 150; round++) {
      const { report } = analyzeRun(randomRun(random));
      assert.deepEqual(report.failures, []);
      for (const { breakdown } of report.ranks) {
        if (breakdown !== null) {
          const { computePercent, exposedCommunicationPercent, exposedCopyPercent } = breakdown;
          const busy = computePercent + exposedCommunicationPercent + exposedCopyPercent;
          assert.ok(Math.abs(busy + breakdown.idlePercent - 100) < 1e-6);
        }
      }
      for (const finding of report.findings) {
        assert.ok(finding.savingPercent >= 0 && finding.savingPercent <= 100.001, finding.id);
        assert.doesNotMatch(`${finding.why}${finding.title}`, /NaN|undefined|Infinity/);
      }
      const saved = report.findings.reduce((sum, { savingPercent }) => sum + savingPercent, 0);
      assert.ok(saved <= 100.001, `${saved} % saved`);
      assert.doesNotMatch(report.verdict.text, /NaN|undefined|Infinity/);
      JSON.stringify(report, (key, value: unknown) => {
        assert.ok(
          typeof value !== 'number' || Number.isFinite(value),
          `${key} is ${String(value)}`,
        );
        return value;
      });
    }
  });
});

function randomRun(random: () => number): Run {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const ranks = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, rank) => {
    const specs = Array.from({ length: Math.floor(random() * 80) }, (): SpanSpec => ({
      lane: pick(LANES),
      name: pick(NAMES),
      category: pick(SPAN_CATEGORIES),
      start: Math.floor(random() * 1e8),
      duration: random() < 0.1 ? 0 : Math.floor(random() * 2e7),
      correlation: Math.floor(random() * 20),
      ...(random() < 0.2 ? { step: Math.floor(random() * 5) } : {}),
      ...(random() < 0.2 ? { file: 'a.py', line: Math.floor(random() * 9) } : {}),
    }));
    const originNs = random() < 0.3 ? null : BigInt(Math.floor(random() * 1e9));
    return {
      rank,
      file: `rank${rank}`,
      trace: buildTrace(specs, { rank, originNs, worldSize: pick([null, 1, 8]) }),
    };
  });
  return { name: 'any', ranks };
}
