import { PHASES } from '../model/phase.ts';
import { toRunTime } from '../model/rank-clock.ts';
import { GAP_CAUSES, type Finding, type RankReport, type Report } from '../model/report.ts';
import type { TableName } from '../model/table-names.ts';
import type { Analysis } from '../model/tables.ts';
import { type Cell, csvRow } from '../../base/csv.ts';

const MAX_NAME_CHARACTERS = 2_000;

/** A table as CSV, in pieces: the header first. Times count from the run's origin, as in the JSON report. */
export function* csvOf(table: TableName, analysis: Analysis): Generator<string> {
  for (const row of ROWS[table](analysis)) {
    yield csvRow(row);
  }
}

type Rows = (analysis: Analysis) => Iterable<readonly Cell[]>;

const ROWS: Readonly<Record<TableName, Rows>> = {
  steps: stepRows,
  ranks: ({ report }) => rankRows(report),
  findings: ({ report }) => findingRows(report),
  lines: ({ report }) => lineRows(report),
  gaps: gapRows,
};

function* stepRows({ ranks }: Analysis): Generator<readonly Cell[]> {
  yield ['rank', 'step', 'is_warmup', 'start_ns', 'duration_ns'];
  for (const { rank, steps, clock } of ranks) {
    for (let i = 0; i < steps.length; i++) {
      const start = Math.round(toRunTime(clock, steps.start[i]));
      yield [rank, steps.number[i], steps.isWarmup[i], start, steps.end[i] - steps.start[i]];
    }
  }
}

function* rankRows({ ranks }: Report): Generator<readonly Cell[]> {
  yield [
    'rank',
    'device',
    'steps',
    ...['p50', 'p95', 'p99', 'mean'].map((name) => `step_${name}_ns`),
    'compute_percent',
    'exposed_communication_percent',
    'exposed_copy_percent',
    'idle_percent',
    ...GAP_CAUSES.map((cause) => `idle_${cause}_percent`),
    ...PHASES.slice(1).flatMap((phase) => [`${phase}_p50_ns`, `${phase}_percent`]),
  ];
  for (const rank of ranks) {
    yield rankRow(rank);
  }
}

function rankRow({ rank, device, stepTime, breakdown, phases }: RankReport): readonly Cell[] {
  const perPhase = PHASES.slice(1).flatMap((phase) => {
    const found = phases.find((other) => other.phase === phase);
    return [found?.perStep.p50Ns, found?.sharePercent];
  });
  return [
    rank,
    device?.name ?? '',
    stepTime?.count ?? 0,
    ...stepTimeCells(stepTime),
    ...breakdownCells(breakdown),
    ...perPhase.map((value) => value ?? null),
  ];
}

function stepTimeCells(time: RankReport['stepTime']): readonly Cell[] {
  return time === null
    ? [null, null, null, null]
    : [time.p50Ns, time.p95Ns, time.p99Ns, time.meanNs];
}

function breakdownCells(breakdown: RankReport['breakdown']): readonly Cell[] {
  if (breakdown === null) {
    return Array.from({ length: 4 + GAP_CAUSES.length }, () => null);
  }
  return [
    breakdown.computePercent,
    breakdown.exposedCommunicationPercent,
    breakdown.exposedCopyPercent,
    breakdown.idlePercent,
    ...GAP_CAUSES.map((cause) => breakdown.idleCauses[cause]),
  ];
}

function* findingRows({ findings }: Report): Generator<readonly Cell[]> {
  yield [
    'number',
    'id',
    'title',
    'severity',
    'confidence',
    'pattern',
    'layer',
    'saving_percent',
    'saving_per_step_ns',
    'step_if_repaired_ns',
    'ranks',
    'steps',
    'threshold',
    'threshold_value',
    'measured',
    'file',
    'line',
    'why',
    'advice',
  ];
  for (const [i, finding] of findings.entries()) {
    yield findingRow(finding, i + 1);
  }
}

function findingRow(finding: Finding, number: number): readonly Cell[] {
  const { threshold, location } = finding;
  return [
    number,
    finding.id,
    finding.title,
    finding.severity,
    finding.confidence,
    finding.pattern,
    finding.layer,
    finding.savingPercent,
    finding.savingNsPerStep,
    finding.whatIf?.stepNs ?? null,
    finding.ranks.join(' '),
    finding.steps.join(' '),
    threshold.name,
    threshold.value,
    threshold.measured,
    location?.file ?? '',
    location?.line ?? null,
    finding.why,
    finding.advice.map(({ text }) => text).join(' '),
  ];
}

function* lineRows({ lines }: Report): Generator<readonly Cell[]> {
  yield [
    'name',
    'phase',
    'file',
    'line',
    'how_found',
    'per_step_p50_ns',
    'per_step_p95_ns',
    'per_step_p99_ns',
    'per_step_mean_ns',
    'steps',
    'share_of_step_percent',
  ];
  for (const { name, phase, location, perStep, sharePercent } of lines) {
    const { p50Ns, p95Ns, p99Ns, meanNs, count } = perStep;
    const place = [location?.file ?? '', location?.line ?? null, location?.how ?? ''];
    yield [name, phase, ...place, p50Ns, p95Ns, p99Ns, meanNs, count, sharePercent];
  }
}

function* gapRows({ run, ranks }: Analysis): Generator<readonly Cell[]> {
  yield [
    'rank',
    'step',
    'start_ns',
    'duration_ns',
    'cause',
    'covered_by_cause_percent',
    'waits_for',
    'begins_after',
    'ends_with',
  ];
  for (const [row, { rank, gaps, steps, clock }] of ranks.entries()) {
    const { spans, strings } = run.ranks[row].trace;
    const nameOf = (span: number) =>
      span < 0 ? '' : strings[spans.name[span]].slice(0, MAX_NAME_CHARACTERS);
    for (let i = 0; i < gaps.length; i++) {
      yield [
        rank,
        gaps.step[i] < 0 ? null : steps.number[gaps.step[i]],
        Math.round(toRunTime(clock, gaps.start[i])),
        gaps.end[i] - gaps.start[i],
        GAP_CAUSES[gaps.cause[i]],
        gaps.coverage[i] * 100,
        nameOf(gaps.culprit[i]),
        nameOf(gaps.before[i]),
        nameOf(gaps.after[i]),
      ];
    }
  }
}
