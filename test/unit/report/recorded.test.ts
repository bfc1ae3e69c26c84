import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Finding, Report, VerdictKind } from '../../../src/core/model/report.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import {
  latenessOf,
  mean,
  meanStep,
  middle,
  perStep,
  readRecordedLines,
  stepsOf,
  transferOf,
  type RecordedLine,
} from '../../support/recorded-lines.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/recorded');
const SCRIPT = readFileSync(
  join(FIXTURES, '../../../samples/planted-troubles/train.py'),
  'utf8',
).split('\n');
const LOOP = 'in enumerate(sleuth.loader(loader))';
const REDUCTION = 'sleuth.record_collectives(wrapped)';

/** Of `no-workers`, with a trace of PyTorch's profiler beside the spans. */
const PROFILED = 'legacy-profiler';

interface Case {
  readonly run: string;
  /** What the first finding may be: each names the planted trouble. */
  readonly first: readonly string[];
  /** Where one kind of loss dominates. */
  readonly verdict?: VerdictKind;
  /** Those of the first finding. */
  readonly ranks: readonly number[];
  /** Statements of the script that are the cause; the first finding names one of them. */
  readonly statements: readonly string[];
  /** What the first finding saves at most, per step, straight from the recording; by rank. */
  readonly lostNs: (lines: readonly RecordedLine[][]) => number;
}

const CASES: readonly Case[] = [
  {
    run: 'slow-augment',
    verdict: 'data-bound',
    first: ['data-stall', 'data-slow-stage'],
    ranks: [0],
    statements: [LOOP],
    lostNs: ([lines]) => mean(perStep(lines, 'next(loader)')),
  },
  {
    run: 'no-workers',
    verdict: 'data-bound',
    first: ['data-stall', 'data-single-worker'],
    ranks: [0],
    statements: [LOOP],
    lostNs: ([lines]) => mean(perStep(lines, 'next(loader)')),
  },
  {
    run: 'slow-worker',
    verdict: 'data-bound',
    first: ['data-stall', 'data-tail'],
    ranks: [0],
    statements: [LOOP],
    lostNs: ([lines]) => mean(perStep(lines, 'next(loader)')),
  },
  {
    run: 'collect-garbage',
    verdict: 'host-bound',
    first: ['gc-pause'],
    ranks: [0],
    statements: ['with sleuth.span("gc.collect")'],
    lostNs: ([lines]) => mean(perStep(lines, 'gc.collect')),
  },
  {
    run: 'validation',
    verdict: 'host-bound',
    first: ['validation-stall'],
    ranks: [0],
    statements: ['with sleuth.span("validate"'],
    lostNs: ([lines]) => mean(perStep(lines, 'validate')),
  },
  {
    run: 'growing-statistics',
    first: ['step-drift'],
    ranks: [0],
    statements: ['with sleuth.span("statistics")'],
    lostNs: ([lines]) => {
      const durations = stepsOf(lines).map(({ dur }) => dur);
      return mean(durations) - middle(durations.slice(0, 5));
    },
  },
  {
    run: 'long-shard',
    verdict: 'imbalanced',
    first: ['straggler'],
    ranks: [1],
    statements: ['with sleuth.span("forward"', 'with sleuth.span("backward"'],
    lostNs: latenessOf(1),
  },
  {
    run: 'slow-loader-rank',
    first: ['straggler', 'data-stall', 'data-single-worker'],
    ranks: [1],
    statements: [LOOP],
    lostNs: latenessOf(1),
  },
  {
    run: 'checkpoint',
    first: ['checkpoint-stall'],
    ranks: [0],
    statements: ['with sleuth.span("save"'],
    lostNs: ([lines]) => mean(perStep(lines, 'save')),
  },
  {
    run: 'logging',
    first: ['logging-stall'],
    ranks: [0],
    statements: ['with sleuth.span("histograms"'],
    lostNs: ([lines]) => mean(perStep(lines, 'histograms')),
  },
  {
    run: 'micro-batches',
    verdict: 'communication-bound',
    first: ['sync-every-microbatch'],
    ranks: [0, 1],
    statements: [REDUCTION],
    lostNs: transferOf((line, last) => line !== last),
  },
  {
    run: 'large-gradients',
    verdict: 'communication-bound',
    first: ['comm-exposed'],
    ranks: [0, 1],
    statements: [REDUCTION],
    lostNs: transferOf(() => true),
  },
  {
    run: 'late-reduction',
    verdict: 'communication-bound',
    first: ['comm-not-overlapped'],
    ranks: [0, 1],
    statements: ['with sleuth.span("all_reduce", phase="communication"'],
    lostNs: transferOf((line, last) => line !== last),
  },
];

/** What is planted is all that they differ in from the healthy run beside them. */
const REPAIRED: readonly (readonly [run: string, healthy: string])[] = [
  ['slow-augment', 'healthy-1'],
  ['no-workers', 'healthy-1'],
  ['slow-worker', 'healthy-1'],
  ['collect-garbage', 'healthy-1'],
  ['validation', 'healthy-1'],
  ['growing-statistics', 'healthy-1'],
  ['checkpoint', 'healthy-2'],
  ['logging', 'healthy-2'],
];

describe('recorded runs', () => {
  it('with one slow worker are told which, by what the workers themselves recorded', async () => {
    const { findings, run } = await analyze('slow-worker');
    assert.equal(run.files.length, 5);
    assert.match(
      findings[0].why,
      /Worker 3 is the slow one: busy (99|100) % of the time, the others \d\.\d %/,
    );
  });

  for (const { run, verdict, first, ranks, statements, lostNs } of CASES) {
    it(`with ${run} are told what is planted, on the right rank and line`, async () => {
      const { findings, run: about, ...report } = await analyze(run);
      const [finding] = findings as [Finding?];
      assert.ok(finding !== undefined, 'no finding');
      assert.ok(first.includes(finding.id), `${finding.id} comes first`);
      assert.notEqual(finding.severity, 'info');
      assert.deepEqual(namedRanks(finding, about), ranks);
      assert.equal(finding.location?.file, 'train.py');
      const lines = statements.map(lineOf);
      assert.ok(lines.includes(finding.location.line), `line ${finding.location.line}`);
      assert.equal(verdict ?? report.verdict.kind, report.verdict.kind, report.verdict.text);
      const lost = lostNs(linesOf(run));
      assert.ok(finding.savingNsPerStep <= 1.1 * lost, `${finding.savingNsPerStep} of ${lost} ns`);
      assert.ok(finding.savingNsPerStep >= 0.5 * lost, `${finding.savingNsPerStep} of ${lost} ns`);
    });
  }

  for (const [run, healthy] of REPAIRED) {
    it(`with ${run} say what a step would take without it, as the healthy run took`, async () => {
      const [{ savingNsPerStep }] = (await analyze(run)).findings;
      const repairedNs = mean(linesOf(run).map(meanStep)) - savingNsPerStep;
      const healthyNs = mean(linesOf(healthy).map(meanStep));
      assert.ok(Math.abs(repairedNs / healthyNs - 1) < 0.15, `${repairedNs} of ${healthyNs} ns`);
    });
  }

  it('count the slow loader of one rank once, however many findings see it', async () => {
    const { findings } = await analyze('slow-loader-rank');
    const savingNs = findings.reduce((sum, finding) => sum + finding.savingNsPerStep, 0);
    const [, late] = linesOf('slow-loader-rank');
    assert.ok(savingNs < 1.1 * mean(perStep(late, 'next(loader)')), `${savingNs} ns`);
  });

  it('with batches of uneven length name the uneven work of the ranks, and no straggler', async () => {
    const { findings } = await analyze('uneven-lengths');
    const place = findings.findIndex(({ id }) => id === 'rank-imbalance');
    assert.ok(place === 0 || place === 1, findings.map(({ id }) => id).join(' '));
    assert.ok(findings.every(({ id }) => id !== 'straggler'));
  });

  for (const run of ['healthy-1', 'healthy-2']) {
    it(`that are healthy (${run}) have no warning`, async () => {
      const { findings } = await analyze(run);
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id),
        [],
      );
    });
  }

  it('tell from a trace without annotations or frames what the recorder timed beside it', async () => {
    const { findings } = await analyzePath(join(FIXTURES, PROFILED, 'rank0.pt.trace.json.gz'));
    const [first] = findings;
    assert.ok(['data-stall', 'data-single-worker'].includes(first.id), first.id);
    const [lines] = linesOf(PROFILED);
    const waited = middle(perStep(lines, 'next(loader)'));
    assert.ok(Math.abs(first.savingNsPerStep / waited - 1) < 0.1, `${first.savingNsPerStep} ns`);
  });

  for (const run of runNames()) {
    it(`say of ${run} how long a step takes, as its lines do`, async () => {
      const { stepTime } = await analyze(run);
      const durations = linesOf(run).flatMap((lines) => stepsOf(lines).map(({ dur }) => dur));
      assert.ok(stepTime !== null);
      assert.ok(Math.abs(stepTime.p50Ns / middle(durations) - 1) < 0.03);
    });
  }
});

const reports = new Map<string, Promise<Report>>();

function analyze(run: string): Promise<Report> {
  const known = reports.get(run) ?? analyzePath(join(FIXTURES, run));
  reports.set(run, known);
  return known;
}

/** As the command line does. */
async function analyzePath(path: string): Promise<Report> {
  const { signal } = new AbortController();
  const [group] = groupRuns(await findRunFiles([path], signal));
  return analyzeRun(await readRun(group, { signal })).report;
}

/** A finding about every rank may name none. */
function namedRanks({ ranks }: Finding, { ranks: all }: Report['run']): readonly number[] {
  return ranks.length === 0 ? all : ranks;
}

function linesOf(run: string): RecordedLine[][] {
  return readRecordedLines(join(FIXTURES, run));
}

/** The only line of the script with this text, from 1. */
function lineOf(text: string): number {
  const rows = SCRIPT.flatMap((line, row) => (line.includes(text) ? [row] : []));
  assert.equal(rows.length, 1, text);
  return rows[0] + 1;
}

function runNames(): string[] {
  return readdirSync(FIXTURES, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== PROFILED ? [entry.name] : [],
  );
}
