import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { uniteIntervals } from '../../../src/core/derived/intervals.ts';
import type { FindingDraft } from '../../../src/core/detectors/finding-draft.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { orderFindings } from '../../../src/core/report/order-findings.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

const report = (run: Run): Report => analyzeRun(run).report;

const STEP = { medianStepNs: 100, stepBudgetNs: 100 };

describe('the order of findings', () => {
  it('counts no time twice: a finding saves what those above it left', () => {
    const findings = orderFindings(
      [
        { id: 'small', draft: draft(30, [[0, 30]]) },
        { id: 'large', draft: draft(50, [[10, 60]]) },
        { id: 'apart', draft: draft(20, [[60, 80]]) },
      ],
      STEP,
    );
    assert.deepEqual(
      findings.map(({ id, savingNsPerStep }) => `${id} ${savingNsPerStep}`),
      ['large 50', 'apart 20', 'small 10'],
    );
    assert.equal(
      findings.reduce((sum, { savingPercent }) => sum + savingPercent, 0),
      80,
    );
  });

  it('lets findings about the rest judge what is left, and withdraw', () => {
    const rest = (limit: number): FindingDraft => ({
      ...draft(60, [[0, 60]]),
      reassess: (percent) => (percent < limit ? null : { severity: 'info' }),
    });
    const other = { id: 'other', draft: draft(50, [[0, 50]]) };
    assert.deepEqual(
      orderFindings([{ id: 'rest', draft: rest(11) }, other], STEP).map(({ id }) => id),
      ['other'],
    );
    const [, kept] = orderFindings([{ id: 'rest', draft: rest(10) }, other], STEP);
    assert.deepEqual([kept.id, kept.savingNsPerStep, kept.severity], ['rest', 10, 'info']);
  });

  it('takes the graver of equal savings first', () => {
    const findings = orderFindings(
      [
        { id: 'note', draft: { ...draft(10, [[0, 10]]), severity: 'info' } },
        { id: 'alarm', draft: { ...draft(10, [[0, 10]]), severity: 'error' } },
      ],
      STEP,
    );
    assert.deepEqual(
      findings.map(({ id, savingNsPerStep }) => [id, savingNsPerStep]),
      [
        ['alarm', 10],
        ['note', 0],
      ],
    );
  });

  it('lets rare stalls save more than the median step, as shares of all that is saved', () => {
    const findings = orderFindings(
      [
        { id: 'rare', draft: draft(300, [[0, 300]]) },
        { id: 'steady', draft: draft(50, [[300, 350]]) },
        { id: 'beyond', draft: draft(40, [[400, 440]]) },
      ],
      { medianStepNs: 100, stepBudgetNs: 360 },
    );
    assert.deepEqual(
      findings.map(({ id, savingNsPerStep }) => [id, savingNsPerStep]),
      [
        ['rare', 300],
        ['steady', 50],
        ['beyond', 10],
      ],
    );
    assert.ok(Math.abs(findings[0].savingPercent - (100 * 300) / 360) < 1e-9);
  });
});

describe('the verdict', () => {
  it('names data, with its share', () => {
    const { verdict } = report(
      drawRun(['main      D----Fl---\nstream 7        K---'], { steps: 10 }),
    );
    assert.deepEqual(
      [verdict.kind, verdict.text],
      ['data-bound', 'The GPU waits for data during 60 % of the step time.'],
    );
    assert.ok(Math.abs(verdict.sharePercent - 60) < 0.01);
  });

  it('names the host', () => {
    const { verdict } = report(
      drawRun(['main      F---l-----\nstream 7      K-----'], { steps: 10 }),
    );
    assert.equal(
      verdict.text,
      'The GPU waits for the host to launch work during 40 % of the step time.',
    );
  });

  it('names a GPU that computes', () => {
    const { verdict } = report(
      drawRun(['main      l---------\nstream 7  K---------'], { steps: 10 }),
    );
    assert.deepEqual(verdict.kind, 'compute-bound');
    assert.match(verdict.text, /^The GPU computes during 100 % of the step time;/);
  });

  it('says that a run is balanced', () => {
    const { verdict } = report(
      drawRun(['main      F-llllll---\nstream 7  K--K-K---K-'], { steps: 10, tickNs: 20_000 }),
    );
    assert.ok(['balanced', 'compute-bound'].includes(verdict.kind), verdict.text);
  });

  it('commits to none of several alike', () => {
    const { verdict } = report(
      drawRun(
        [
          `
            main      D---l-------l---l---
            stream 7      K---    K---
            stream 9                  C---
          `,
        ],
        { steps: 30 },
      ),
    );
    assert.equal(verdict.kind, 'mixed', verdict.text);
    assert.match(verdict.text, /^No single cause dominates: .*waiting for data takes 20 %/);
  });

  it('is inconclusive where nothing is known', () => {
    const { verdict, findings, layers } = report(drawRun(['main      S---S---S-'], { steps: 10 }));
    assert.deepEqual([verdict.kind, findings, layers], ['inconclusive', [], null]);
  });

  it('is inconclusive where too little is named', () => {
    const { verdict } = report(drawRun(['main      F--       '], { steps: 10 }));
    assert.deepEqual(verdict.kind, 'inconclusive');
  });
});

describe('the report', () => {
  it('stays whole for an empty run and an empty trace', () => {
    const empty = { rank: 0, file: 'empty.json', trace: buildTrace([]) };
    for (const run of [
      { name: 'none', ranks: [] },
      { name: 'empty', ranks: [empty] },
    ]) {
      const { verdict, stepTime, run: facts, failures } = report(run);
      assert.deepEqual(
        [verdict.kind, stepTime, facts.steps.total, failures],
        ['inconclusive', null, 0, []],
      );
    }
  });

  it('holds no number that JSON cannot', () => {
    const text = JSON.stringify(
      report(drawRun(['main      D----Fl---\nstream 7        K---'], { steps: 30 })),
      (_, value: unknown) => {
        assert.ok(typeof value !== 'number' || Number.isFinite(value));
        return value;
      },
    );
    assert.equal((JSON.parse(text) as Report).findings[0].id, 'data-stall');
  });

  it('gives the distribution of steps and says which are warm-up', () => {
    const { stepTime, run } = report(
      drawRun([(step) => `main      F${'-'.repeat(step === 0 ? 99 : 9 + (step % 2))}`], {
        steps: 41,
      }),
    );
    assert.deepEqual(
      [run.steps.total, run.steps.warmup, run.steps.analyzed, run.steps.how],
      [41, 1, 40, 'profiler'],
    );
    assert.deepEqual(stepTime, {
      p50Ns: 10.5e6,
      p95Ns: 11e6,
      p99Ns: 11e6,
      meanNs: 10.5e6,
      count: 40,
    });
  });

  it('names what is wrong with the trace', () => {
    const run = drawRun(['main      F---------'], { steps: 3, meta: { worldSize: 4 } });
    const [rank] = run.ranks;
    const counts = { read: 100, kept: 90, repaired: 2, dropped: 10, clipped: 1 };
    const { health } = report({ ...run, ranks: [{ ...rank, trace: { ...rank.trace, counts } }] });
    assert.equal(health.level, 'poor');
    assert.deepEqual(health.missingRanks, [1, 2, 3]);
    assert.deepEqual(health.events, counts);
    assert.deepEqual(
      health.notes.map(({ id }) => id),
      ['dropped-events', 'repaired-events', 'clipped-events', 'few-steps', 'missing-ranks'],
    );
  });

  it('counts the overhead of the profiler only where the device idles', () => {
    const work: SpanSpec[] = [
      { lane: 'main', name: 'ProfilerStep#0', category: 'annotation', start: 0, duration: 100 },
      { lane: 'stream 7', name: 'gemm', category: 'kernel', start: 0, duration: 80 },
    ];
    const noteOf = (start: number): number | undefined => {
      const specs: SpanSpec[] = [
        ...work,
        { lane: 'overhead', name: 'Buffer Flush', category: 'overhead', start, duration: 20 },
      ];
      const { health } = report({
        name: 'x',
        ranks: [{ rank: 0, file: 'x', trace: buildTrace(specs) }],
      });
      return health.notes.find(({ id }) => id === 'profiler-overhead')?.count;
    };
    assert.deepEqual([noteOf(80), noteOf(40)], [20, undefined]);
  });

  it('stops between stages when it is told to, and tells its progress', () => {
    const run = drawRun(['main      F---', 'main      F---']);
    const controller = new AbortController();
    const stages: string[] = [];
    assert.throws(
      () =>
        analyzeRun(run, {
          signal: controller.signal,
          onProgress: (stage, share) => {
            assert.ok(share >= 0 && share < 1);
            stages.push(stage);
            controller.abort();
          },
        }),
      { name: 'AbortError' },
    );
    assert.equal(stages.length, 1);
  });
});

function draft(
  savingNsPerStep: number,
  claims: readonly (readonly [number, number])[],
): FindingDraft {
  return {
    title: 'Made up',
    pattern: 'inefficiency',
    layer: 'compute',
    severity: 'warning',
    confidence: 'high',
    ranks: [0],
    steps: [0],
    savingNsPerStep,
    savingHow: '',
    threshold: { name: 'x', value: 0, measured: 1 },
    evidence: [],
    location: null,
    annotations: [],
    why: '',
    advice: [],
    claims: [
      uniteIntervals(
        claims.map(([start]) => start),
        claims.map(([, end]) => end),
      ),
    ],
  };
}
