import { isChronic, type RankLateness } from '../derived/lateness.ts';
import { ownWorkRatio } from '../derived/rank-work.ts';
import type { BatchWaits } from '../derived/batch-waits.ts';
import { modifiedZScore } from '../derived/statistics.ts';
import type { Evidence } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  type FindingDraft,
  MAX_EVIDENCE,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';
import { type Cause, EXPLAINED, findCause } from './late-rank-cause.ts';
import { claimsOf, repairOf, type Suspect } from './late-rank-losses.ts';
import { explainLateRank } from './late-rank-wording.ts';

const NEEDS = [
  'lateness',
  'loaderWaits',
  'loaderStage',
  'batchWaits',
  'work',
  'busy',
  'hostPhases',
  'exposedCommunication',
  'phases',
  'mainLane',
  'steps',
  'sourceOf',
  'collectives',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

/** Share of all lost time, from which one rank alone is to blame; as for causes. */
const ALONE = 0.8;
/** Ranks that are looked at, those that cost most first. */
const MAX_SUSPECTS = 3;
/** The rank that is waited for has the shortest collectives, up to this factor. */
const SHORTEST_TOLERANCE = 1.05;

export const straggler = defineDetector({
  id: 'straggler',
  title: 'One rank makes the others wait',
  needs: NEEDS,
  options: {
    lostPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that others must lose beyond the second-latest rank (TraceLens).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which a straggler is an error.',
      minimum: 0,
      maximum: 100,
    },
    modifiedZ: {
      default: 3.5,
      description:
        'How far the mean lateness must stand out among three or more ranks, as modified Z score (Iglewicz and Hoaglin).',
      minimum: 0,
      maximum: 100,
    },
    pairRatio: {
      default: 1.1,
      description:
        "With two ranks: how many times the other rank's own work the late rank's must be (TraceML).",
      minimum: 1,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const { lateness, ranks, medianStepNs } = tables;
    if (lateness.length < 2 || medianStepNs === 0) {
      return;
    }
    const stepCount = countSteps(tables);
    const shortest = Math.min(...lateness.map(({ meanDurationNs }) => meanDurationNs));
    const suspects = [...lateness.keys()]
      .sort((a, b) => lateness[b].lostNs - lateness[a].lostNs)
      .slice(0, MAX_SUSPECTS);
    for (const row of suspects) {
      const late = lateness[row];
      const lostNsPerStep = late.lostNs / Math.max(1, stepCount);
      const percent = (100 * lostNsPerStep) / medianStepNs;
      const isClear = standsOut(tables, row, options);
      if (
        percent >= options.lostPercent &&
        late.meanDurationNs <= SHORTEST_TOLERANCE * shortest &&
        (isClear || isAlone(lateness, row))
      ) {
        yield draft(tables, ranks[row], { late, lostNsPerStep, percent, isClear }, options);
      }
    }
  },
});

function draft(
  tables: NeededTables<Name>,
  rank: NeededRank<Name>,
  suspect: Suspect,
  options: { readonly lostPercent: number; readonly errorPercent: number },
): FindingDraft {
  const { late, lostNsPerStep, percent, isClear } = suspect;
  const thresholds = {
    info: options.lostPercent,
    warning: options.lostPercent,
    error: options.errorPercent,
  };
  const cause = findCause(tables, rank, lostNsPerStep);
  const chronic = isChronic(late, countSteps(tables));
  return {
    ...(isClear ? sayClearly(tables, rank.rank, percent, thresholds) : sayCouldBe(rank.rank)),
    pattern: 'resource-imbalance',
    layer: cause?.layer ?? 'orchestration',
    ranks: [rank.rank],
    steps: [...late.lostByStep.keys()].sort((a, b) => a - b),
    savingNsPerStep: Math.round(lostNsPerStep),
    savingHow:
      'At each matched collective, the time from the second-latest arrival to the latest that the others spend in nothing but waiting; summed, per analyzed step.',
    threshold: { name: 'lostPercent', value: options.lostPercent, measured: percent },
    evidence: evidenceOf(tables, rank, late),
    ...placeOfCause(rank, late, cause),
    why: explainLateRank(
      { rank, matches: tables.alignment.matches },
      { ...suspect, chronic, cause },
    ),
    advice: cause?.layer === 'data' ? DATA_ADVICE : ADVICE,
    claims: claimsOf(tables, rank, suspect, cause),
    repair: repairOf(tables, rank, suspect, cause),
    ...standBack(tables.batchWaits, cause, { chronic, percent }),
  };
}

type Statement = Pick<FindingDraft, 'title' | 'severity' | 'confidence'>;

function sayClearly(
  tables: NeededTables<Name>,
  rank: number,
  percent: number,
  thresholds: Parameters<typeof severityOf>[1],
): Statement {
  const stepCount = countSteps(tables);
  return {
    title: `Rank ${rank} makes the others wait`,
    severity: severityOf(percent, thresholds, stepCount) ?? 'info',
    confidence: isWhole(tables) ? confidenceOf(stepCount) : 'low',
  };
}

function sayCouldBe(rank: number): Statement {
  return {
    title: `Rank ${rank} could be what the others wait for`,
    severity: 'info',
    confidence: 'low',
  };
}

/** What makes a rank late is said better by the finding that names it. */
function standBack(
  { isOfOneRank, isBursty }: BatchWaits,
  cause: Cause | null,
  { chronic, percent }: Pick<Suspect, 'percent'> & { readonly chronic: boolean },
): Pick<FindingDraft, 'generality' | 'reassess'> {
  const left = chronic ? 1 - EXPLAINED : 0.5;
  const reassess: FindingDraft['reassess'] = (remaining) =>
    remaining < left * percent ? null : {};
  if (cause?.layer === 'data' && (isOfOneRank || isBursty)) {
    return { generality: isOfOneRank ? -1 : 1, reassess };
  }
  return { generality: chronic ? 0 : cause === null ? 2 : 1, reassess };
}

function countSteps({ analyzed }: NeededTables<Name>): number {
  return Math.min(...analyzed.map(({ rows }) => rows.length));
}

const ADVICE: { text: string; link?: string }[] = [
  {
    text: 'Compare the rank with another on the timeline: the phase that is longer there is the cause.',
  },
  {
    text: 'Look at its machine: clocks and temperature of the GPU, other processes on its cores, its disk and its network link.',
    link: 'https://docs.nvidia.com/deploy/nvidia-smi/index.html',
  },
  {
    text: 'Give every rank the same work: even shards, and samples of like length in one batch.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler',
  },
];

const DATA_ADVICE: { text: string; link?: string }[] = [
  {
    text: "Its loader is slower than the others': see that it has the same cores, num_workers and storage, and samples of the same size.",
    link: 'https://docs.pytorch.org/docs/stable/data.html#single-and-multi-process-data-loading',
  },
  ...ADVICE.slice(1),
];

/** Whether every rank of the run has its file here. */
function isWhole({ ranks }: NeededTables<Name>): boolean {
  return ranks.every(({ trace }) => (trace.meta.worldSize ?? 1) <= ranks.length);
}

function standsOut(
  tables: NeededTables<Name>,
  row: number,
  limits: { readonly modifiedZ: number; readonly pairRatio: number },
): boolean {
  return tables.ranks.length > 2
    ? modifiedZScore(
        tables.lateness.map(({ meanNs }) => meanNs),
        row,
      ) > limits.modifiedZ
    : ownWorkRatio(
        tables.ranks.map((rank) => ({ ...rank, steps: tables.analyzed[rank.row] })),
        row,
      ) >= limits.pairRatio;
}

/** Of many ranks, the one behind nearly all that is lost, although others are late too. */
function isAlone(lateness: readonly RankLateness[], row: number): boolean {
  const total = lateness.reduce((sum, { lostNs }) => sum + lostNs, 0);
  return lateness.length > 2 && lateness[row].lostNs >= ALONE * total;
}

function placeOfCause(
  rank: NeededRank<Name>,
  late: RankLateness,
  cause: Cause | null,
): ReturnType<typeof placeOf> {
  if (cause !== null && cause.place.location !== null) {
    return cause.place;
  }
  const span = late.lastIn[0].match.spans[rank.row];
  return placeOf(rank.tables.sourceOf(span));
}

function evidenceOf(
  tables: NeededTables<Name>,
  rank: NeededRank<Name>,
  late: RankLateness,
): Evidence[] {
  const pairs = late.lastIn.slice(0, MAX_EVIDENCE / 2);
  return pairs.flatMap(({ match }) => {
    const first = match.start.reduce(
      (least, start, row) => (start < match.start[least] ? row : least),
      rank.row,
    );
    return [first, rank.row].map((row) =>
      spanEvidence(evidenceSourceOf(tables.ranks[row], tables), match.spans[row]),
    );
  });
}
