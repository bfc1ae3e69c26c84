import { areConfiguredAlike } from '../derived/compare-setups.ts';
import { shortName } from '../derived/comparison-wording.ts';
import { type Intervals, IntervalsBuilder } from '../derived/intervals.ts';
import { findPartSpan } from '../derived/part-span.ts';
import { formatPercent } from '../derived/wording.ts';
import type { EpochSize, RunSummary } from '../model/baseline.ts';
import type { SpanIndex } from '../model/units.ts';
import { defineDetector, type NeededRank } from './detector.ts';
import {
  evidenceSourceOf,
  type FindingDraft,
  MAX_EVIDENCE,
  placeOf,
  stepEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'steps',
  'sourceOf',
  'analyzed',
  'alignment',
  'medianStepNs',
  'summary',
  'baseline',
  'mainLane',
  'gaps',
  'phases',
] as const;
type Name = (typeof NEEDS)[number];

/** How an epoch differs from the baseline's. */
interface Change {
  readonly unit: 'samples' | 'steps';
  readonly now: number;
  readonly before: number;
  readonly isAtLeast: boolean;
  readonly percent: number;
}

export const dataDuplicated = defineDetector({
  id: 'data-duplicated',
  title: 'Epochs have other data than in the baseline',
  needs: NEEDS,
  options: {
    minimumPercent: {
      default: 5,
      description:
        'How much the samples or steps of an epoch must differ from those of the baseline, in percent (as for a regression).',
      minimum: 0.1,
      maximum: 1_000,
    },
    errorPercent: {
      default: 50,
      description:
        'How much more samples or steps than in the baseline, in percent, from which it is an error (a data set that is doubled is far above).',
      minimum: 0.1,
      maximum: 10_000,
    },
  },

  *detect(tables, options) {
    const { summary, baseline, ranks } = tables;
    const change = baseline === null ? null : findChange(summary, baseline);
    if (baseline === null || change === null) {
      return;
    }
    const areAlike = areConfiguredAlike(summary, baseline);
    const measured = Math.abs(change.percent);
    if (areAlike === false || measured < options.minimumPercent) {
      return;
    }
    const [rank] = ranks;
    const { rows } = tables.analyzed[rank.row];
    const extra = change.percent > 0 ? 1 - change.before / change.now : 0;
    const source = evidenceSourceOf(rank, tables);
    yield {
      title: `Epochs have ${formatPercent(measured)} ${change.percent > 0 ? 'more' : 'fewer'} ${change.unit} than the baseline’s`,
      pattern: 'regression',
      layer: 'data',
      ...gradeOf(change, areAlike, options),
      ranks: ranks.map((one) => one.rank),
      steps: rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(extra * tables.medianStepNs),
      savingHow:
        'The share of an epoch beyond that of the baseline, of the median step: an epoch that has the data of the baseline again ends so much earlier.',
      evidence: rows.slice(0, MAX_EVIDENCE / 2).map((row) => stepEvidence(source, row)),
      ...placeOf(rank.tables.sourceOf(loaderSpan(rank))),
      why: explain(change, baseline, areAlike === true),
      advice: ADVICE,
      claims: ranks.map((one) => claimOf(one, tables.analyzed[one.row].rows, extra)),
      generality: -1,
    };
  },
});

function gradeOf(
  { percent, isAtLeast }: Change,
  areAlike: boolean | null,
  limits: { readonly minimumPercent: number; readonly errorPercent: number },
): Pick<FindingDraft, 'severity' | 'confidence' | 'threshold'> {
  const name = percent >= limits.errorPercent ? 'errorPercent' : 'minimumPercent';
  const isNote = areAlike === null || percent < 0;
  return {
    severity: isNote ? 'info' : name === 'errorPercent' ? 'error' : 'warning',
    confidence: areAlike === null ? 'low' : isAtLeast ? 'medium' : 'high',
    threshold: { name, value: limits[name], measured: Math.abs(percent) },
  };
}

const ADVICE = [
  {
    text: 'Count the data set before the loop: print(len(dataset)), and look for samples that are in it twice.',
  },
  {
    text: 'Look at what builds it: augmentations that add copies, lists of files that are joined twice, ConcatDataset.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset',
  },
  {
    text: 'If the data was meant to change, set this run as the baseline.',
  },
];

/** Null where it cannot be told: an epoch that did not end may only be longer than it is known to be. */
function findChange(run: RunSummary, baseline: RunSummary): Change | null {
  if (run.epoch === null || baseline.epoch?.isWhole !== true) {
    return null;
  }
  if (run.rankCount !== baseline.rankCount) {
    return null;
  }
  const unit = run.epoch.samples === null || baseline.epoch.samples === null ? 'steps' : 'samples';
  const [now, before] = [countOf(run.epoch, unit), countOf(baseline.epoch, unit)];
  const isAtLeast = !run.epoch.isWhole;
  return !(before > 0) || (isAtLeast && now <= before)
    ? null
    : { unit, now, before, isAtLeast, percent: 100 * (now / before - 1) };
}

function countOf(epoch: EpochSize, unit: Change['unit']): number {
  return unit === 'steps' ? epoch.steps : (epoch.samples ?? 0);
}

function explain(change: Change, baseline: RunSummary, isSame: boolean): string {
  const { unit, now, before, isAtLeast } = change;
  const count = (value: number): string => Math.round(value).toLocaleString('en-US');
  const why = isSame
    ? 'The configuration that both recorded is the same, so the data set or what builds it has changed.'
    : 'Not both runs recorded a configuration, so it could be that this was meant.';
  return `An epoch has ${isAtLeast ? 'at least ' : ''}${count(now)} ${unit}; in ${shortName(baseline.name)} it has ${count(before)}. ${why}`;
}

/** So many of the steps, spread evenly, as an epoch has too many. */
function claimOf(
  { tables: { steps } }: NeededRank<Name>,
  rows: readonly number[],
  share: number,
): Intervals {
  const builder = new IntervalsBuilder();
  rows.forEach((row, i) => {
    if (Math.floor((i + 1) * share) > Math.floor(i * share)) {
      builder.add(steps.start[row], steps.end[row]);
    }
  });
  return builder.finish();
}

/** The loader gives what the data set holds: its line is where to begin. */
function loaderSpan({ trace, tables }: NeededRank<Name>): SpanIndex {
  const { mainLane, steps, gaps, phases } = tables;
  return findPartSpan(trace, { mainLane, steps, gaps, own: phases.own }, 'data');
}
