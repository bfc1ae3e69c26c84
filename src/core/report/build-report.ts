import type { RunDerived } from '../derived/run-derived.ts';
import type { Detected } from '../detectors/run-detectors.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../model/report.ts';
import type { Steps } from '../model/tables.ts';
import type { RecordedSource } from '../model/trace.ts';
import { reportBaseline } from './baseline-report.ts';
import { isCutShort } from './file-notes.ts';
import { listAbsent } from './absent.ts';
import { FORMULAS } from './formulas.ts';
import { assessHealth, worldSizeOf } from './health.ts';
import { computeLayers } from './layers.ts';
import { compareLines } from './compare-lines.ts';
import { costLines } from './lines.ts';
import { costPhases } from './phase-costs.ts';
import { orderFindings } from './order-findings.ts';
import { judgeHang } from './hang-verdict.ts';
import { judgePipeline } from './pipeline-verdict.ts';
import { reportRanks } from './rank-reports.ts';
import { replayRun } from './replay-run.ts';
import { explainSavings } from './saving-intervals.ts';
import { stepTimeOf } from './step-time.ts';
import { judge, judgeCut } from './verdict.ts';

export function buildReport(
  name: string,
  run: RunDerived,
  { drafts, failures }: Detected,
  {
    tool,
    baselineProblem,
  }: { readonly tool: Report['tool']; readonly baselineProblem: string | null },
): Report {
  const ranks = reportRanks(run);
  const stepTime = stepTimeOf(run.analyzed.flatMap(({ durations }) => [...durations]));
  const cut = run.ranks.filter(({ trace }) => isCutShort(trace));
  const { check, replay } = replayRun(run);
  const ordered = explainSavings(orderFindings(drafts, run, replay), drafts, run);
  const findings =
    cut.length > 0
      ? ordered.map((finding) => ({ ...finding, confidence: 'low' as const }))
      : ordered;
  const lines = compareLines(costLines(run), run.baseline?.lines ?? null);
  const facts = {
    name,
    files: [...new Set(run.ranks.flatMap(({ file, otherFiles = [] }) => [file, ...otherFiles]))],
    formats: [...new Set(run.ranks.map(({ trace }) => trace.meta.format))],
    ranks: run.ranks.map(({ rank }) => rank),
    worldSize: worldSizeOf(run.ranks),
    ...listSources(run),
    steps: countSteps(run),
  };
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool,
    run: facts,
    health: {
      ...assessHealth(run, baselineProblem),
      absent: listAbsent({ run: facts, ranks, lines, findings }),
    },
    stepTime,
    verdict:
      cut.length === ranks.length && cut.length > 0
        ? judgeCut()
        : (judgeHang(run, findings) ??
          judgePipeline(run, findings) ??
          judge({ ranks, run: facts, stepTime }, findings)),
    layers: computeLayers(ranks),
    ranks,
    whatIf: run.whatIf,
    replay: check,
    baseline: reportBaseline(run),
    findings,
    lines,
    ...(lines.some(({ location }) => location !== null) ? {} : { phaseCosts: costPhases(run) }),
    formulas: FORMULAS,
    failures,
  };
}

/** Of the first rank that names a file: all ranks of a run are taken to run the same scripts. */
function listSources({ ranks }: RunDerived): Pick<Report['run'], 'sources'> {
  const byFile = new Map<string, RecordedSource>();
  for (const source of ranks.flatMap(({ trace }) => trace.meta.sources ?? [])) {
    if (!byFile.has(source.file)) {
      byFile.set(source.file, source);
    }
  }
  return byFile.size === 0 ? {} : { sources: [...byFile.values()] };
}

/** Steps by their number, over all ranks; a step is warm-up or analysed as on the rank that has most of them. */
function countSteps({ ranks }: RunDerived): Report['run']['steps'] {
  const steps = ranks.reduce<Steps | null>(
    (most, { tables }) =>
      most !== null && most.length >= tables.steps.length ? most : tables.steps,
    null,
  );
  if (steps === null || steps.length === 0) {
    return { total: 0, analyzed: 0, warmup: 0, first: null, last: null, how: 'whole' };
  }
  const warmup = steps.isWarmup.reduce((sum, isWarmup) => sum + isWarmup, 0);
  return {
    total: steps.length,
    analyzed: steps.length - warmup,
    warmup,
    first: steps.number[0],
    last: steps.number[steps.length - 1],
    how: steps.how,
  };
}
