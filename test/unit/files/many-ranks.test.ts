import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyzeRun } from '../../../src/core/analyze.ts';
import {
  COMPUTED_AGAIN,
  deriveRank,
  type RankDerived,
} from '../../../src/core/derived/rank-derived.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { computeOverview } from '../../../src/core/timeline/overview.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { SpillFile } from '../../../src/files/spill-file.ts';
import { itWithShared } from '../../support/shared-data.ts';
import { simulationOf, textsOf } from '../../support/simulated-run.ts';

const { signal } = new AbortController();
const RANKS = 16;
const STRAGGLER = 11;

/** Span files of ranks and of their loaders' workers; one rank holds the others up by 80 ms a step. */
function writeRun(folder: string): void {
  const simulated = simulationOf({
    ranks: RANKS,
    steps: 12,
    loader: { workers: 2 },
    recording: { format: 'spans' },
    troubles: [
      { kind: 'straggler', rank: STRAGGLER, cause: 'compute', extraNs: 80_000_000, steps: null },
    ],
  });
  for (let rank = 0; rank < RANKS; rank++) {
    textsOf(simulated, rank).forEach((text, file) => writeFileSync(join(folder, file), text));
  }
}

async function groupIn(folder: string): Promise<RunGroup> {
  const [group] = groupRuns(await findRunFiles([folder], signal));
  return group;
}

/** Analyzes with all ranks in memory, and with one of them. */
async function analyzeBothWays(group: RunGroup) {
  const all = analyzeRun(await readRun(group, { signal }));
  const few = analyzeRun(await readRun(group, { signal, maxRanksInMemory: 1 }));
  return { all, few };
}

/** A replay needs the spans of all ranks at once: it is refused where they do not stay in memory. */
function withoutReplay(report: Report): object {
  return { ...report, replay: null };
}

describe('a run of more ranks than stay in memory', () => {
  let folder = '';

  before(function () {
    this.timeout(30_000);
    folder = mkdtempSync(join(tmpdir(), 'many-ranks-'));
    writeRun(folder);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('has the same report and timeline as one whose ranks all do', async () => {
    const { all, few } = await analyzeBothWays(await groupIn(folder));
    assert.equal(few.run.ranks.length, RANKS);
    assert.ok(few.run.ranks.every(({ trace }) => trace.spillable !== undefined));
    assert.ok(all.run.ranks.every(({ trace }) => trace.spillable === undefined));
    assert.deepEqual(withoutReplay(few.report), withoutReplay(all.report));
    assert.deepEqual([few.startNs, few.endNs], [all.startNs, all.endNs]);
    assert.deepEqual(computeOverview(few), computeOverview(all));
    assert.deepEqual(all.report.failures, []);
    assert.equal(all.report.findings[0].id, 'straggler');
    assert.deepEqual(all.report.findings[0].ranks, [STRAGGLER]);
  }).timeout(30_000);

  itWithShared('has the same findings in real traces', ['kineto/dlrm-8-ranks'], async ([path]) => {
    const { all, few } = await analyzeBothWays(await groupIn(path));
    const [fewFacts, allFacts] = [few, all].map(({ report }) => ({
      ...withoutReplay(report),
      verdict: null,
      findings: report.findings
        .map(({ id, ranks, threshold, evidence }) => ({ id, ranks, threshold, evidence }))
        .sort((a, b) => a.id.localeCompare(b.id)),
    }));
    assert.deepEqual(fewFacts, allFacts);
    assert.ok(all.report.findings.length > 0);
  });

  it('has no tables but those computed again that would not survive being stored', async () => {
    const run = await readRun(await groupIn(folder), { signal });
    const { store } = new SpillFile();
    for (const [name, table] of Object.entries(deriveRank(run.ranks[STRAGGLER]))) {
      if (!COMPUTED_AGAIN.has(name as keyof RankDerived)) {
        assert.deepEqual(store(table)?.(), table, name);
      }
    }
  });
});

describe('SpillFile', () => {
  it('gives back what was stored, in any order, and leaves nothing in its folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spill-'));
    const { store } = new SpillFile(folder);
    const first = store({ times: Float64Array.of(1.5, -2), names: ['a', 'ü'] });
    const second = store(new Map([[3, null]]));
    assert.deepEqual(second?.(), new Map([[3, null]]));
    assert.deepEqual(first?.(), { times: Float64Array.of(1.5, -2), names: ['a', 'ü'] });
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });

  it('stores nothing where it can have no file', () => {
    const { store } = new SpillFile(join(dirname(import.meta.dirname), 'no-such-folder'));
    assert.equal(store(1), null);
  });
});
