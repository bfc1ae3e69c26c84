import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { readRun } from '../../support/read-run.ts';

const FOLDER = join(import.meta.dirname, '../../../samples/image-classification/runs/slow-augment');
const FILES = [0, 1].map((rank) => join(FOLDER, `rank${rank}.spans.jsonl`));
const HEALTHY = join(FOLDER, '../prefetched/rank0.spans.jsonl');
const WARM_UP = 2;
/** Slow steps and waiting ranks that the findings about the loader explain. */
const AGAIN = ['step-tail', 'step-period', 'step-drift', 'rank-imbalance', 'serial-phases'];

interface Line {
  readonly type: string;
  readonly name?: string;
  readonly step: number;
  readonly dur: number;
  readonly line?: number;
}

describe('the sample run', () => {
  it('is told without findings that say the same again', async () => {
    const { report } = analyzeRun(await readRun(FILES));
    const ids = report.findings.map(({ id }) => id);
    for (const id of [...AGAIN, 'checkpoint-stall', 'logging-stall', 'comm-not-overlapped']) {
      assert.ok(!ids.includes(id), id);
    }
  });

  it('that is healthy has no finding', async () => {
    const { report } = analyzeRun(await readRun([HEALTHY]));
    assert.deepEqual(report.findings, []);
  });

  it('says one number for one wait, in the finding and beside the line', async () => {
    const { report } = analyzeRun(await readRun(FILES));
    const [stall] = report.findings;
    const line = report.lines.find(({ location }) => location?.line === 140);
    const expected = waitsOfLoader();
    assert.equal(stall.id, 'data-stall');
    assert.equal(line?.perStep.p50Ns, expected.medianNs);
    assert.ok(Math.abs(line.sharePercent - expected.medianPercent) < 1e-6);
    assert.ok(Math.abs(stall.threshold.measured - expected.medianPercent) < 0.1);
    assert.match(report.verdict.text, new RegExp(`during ${Math.round(expected.totalPercent)} %`));
  });
});

/** What the loop waits at the line of its loader, straight from the file; shares no code with the analysis. */
function waitsOfLoader(): { medianNs: number; medianPercent: number; totalPercent: number } {
  const perRank = FILES.map((file) => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Line);
    const steps = lines.filter(({ type, step }) => type === 'step' && step >= WARM_UP);
    return steps.map(({ step, dur }) => {
      const waits = lines.filter((one) => one.name === 'next(loader)' && one.step === step);
      return { wait: waits.reduce((sum, one) => sum + one.dur, 0), dur };
    });
  });
  const all = perRank.flat();
  const totals = perRank.map(
    (steps) =>
      (100 * steps.reduce((sum, { wait }) => sum + wait, 0)) /
      steps.reduce((sum, { dur }) => sum + dur, 0),
  );
  return {
    medianNs: Math.round(middle(all.map(({ wait }) => wait))),
    medianPercent: middle(all.map(({ wait, dur }) => (100 * wait) / dur)),
    totalPercent: middle(totals),
  };
}

function middle(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}
