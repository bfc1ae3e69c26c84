import assert from 'node:assert/strict';
import { analyzeRun, summarizeBaseline } from '../../../src/core/analyze.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { reportSchema } from '../../../src/protocol/report-schema.ts';
import { drawRun } from '../../support/draw-run.ts';
import { readSimulated, simulationOf } from '../../support/simulated-run.ts';

/** Moments and durations of single intervals are measured, not computed. */
const MEASURED = /\.(evidence|longest)\.|startNs$/;

describe('the numbers of a report', function () {
  this.timeout(60_000);

  it('all have a formula in words', async () => {
    const simulated = simulationOf({
      ranks: 2,
      steps: 24,
      model: { layers: 3 },
      troubles: [{ kind: 'slow-augment', extraNs: 400e6 }],
    });
    const healthy = simulationOf({ ranks: 2, steps: 24, model: { layers: 3 } });
    const { report } = analyzeRun(await readSimulated(simulated), {
      baseline: summarizeBaseline(await readSimulated(healthy)),
    });
    assert.ok(report.findings.length > 0 && (report.baseline?.parts.length ?? 0) > 0);
    const paths = numberPaths(report, []).filter((path) => !MEASURED.test(path));
    assert.ok(paths.length > 50, `${paths.length} numbers`);
    assert.deepEqual([...new Set(paths.filter((path) => !hasFormula(report, path)))], []);
  });

  it('of a saving are those of its intervals', () => {
    const steps = 30;
    const run = drawRun(
      [
        `
        main      D-------F-lB-----
        stream 7            K------
      `,
      ],
      { steps },
    );
    const { report } = analyzeRun(run);
    const finding = report.findings.find(({ id }) => id === 'data-stall');
    const { totalNs, count, longest, leftOut } = finding?.savingFrom ?? assert.fail('no intervals');
    assert.equal(longest.length, 24);
    assert.equal(count, longest.length + leftOut);
    // Drawn alike in each step: all intervals are as long as each other, or clipped at the first step.
    assert.ok(longest.every(({ durationNs }) => durationNs <= longest[0].durationNs));
    assert.ok(
      totalNs <= count * longest[0].durationNs && totalNs > (count - 2) * longest[0].durationNs,
    );
    assert.ok(longest.every(({ durationNs }) => durationNs === 8e6));
    assert.ok(longest.every(({ step, rank }) => rank === 0 && step !== null));
  });

  it('pass through the protocol', () => {
    const { report } = analyzeRun(drawRun(['main      D--F--B---'], { steps: 5 }));
    assert.deepEqual(reportSchema.parse(report).formulas, report.formulas);
  });
});

function numberPaths(value: unknown, path: readonly string[]): string[] {
  if (typeof value === 'number') {
    return /(Ns|Percent)$/.test(path.at(-1) ?? '') || path.includes('idleCauses')
      ? [path.join('.')]
      : [];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => numberPaths(inner, [...path, key]))
    : [];
}

function hasFormula({ formulas = {} }: Report, path: string): boolean {
  const parts = path.split('.');
  return Object.keys(formulas).some((key) => {
    const pattern = key.split('.');
    return (
      pattern.length === parts.length &&
      pattern.every((part, i) => part === '*' || part === parts[i])
    );
  });
}
