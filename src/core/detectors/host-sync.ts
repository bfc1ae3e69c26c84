import { IntervalsBuilder, type Intervals } from '../derived/intervals.ts';
import { median, typicalTime } from '../derived/statistics.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { GAP_CAUSES } from '../model/report.ts';
import { defineDetector, type NeededRank, type NeededTables } from './detector.ts';
import {
  evidenceSourceOf,
  confidenceOf,
  MAX_EVIDENCE,
  passedThreshold,
  placeOf,
  severityOf,
  spanEvidence,
} from './finding-draft.ts';

const NEEDS = [
  'gaps',
  'host',
  'busy',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

/** Gaps with these causes are the price of a sync that ends as they begin. */
const AFTER_SYNC = new Set(
  ['sync', 'host'].map((cause) => GAP_CAUSES.findIndex((name) => name === cause)),
);

interface RankSyncs {
  readonly rank: NeededRank<Name>;
  /** Spans that block, by the idle time after them, longest first. */
  readonly spans: readonly number[];
  readonly claim: Intervals;
  readonly medianNs: number;
  readonly sharePercent: number;
}

export const hostSync = defineDetector({
  id: 'host-sync',
  title: 'The host waits for the GPU inside the step',
  needs: NEEDS,
  options: {
    infoPercent: {
      default: 2,
      description:
        'Share of the step, in percent, that the GPU must idle after synchronizing calls (nsys-ai).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description:
        'Share of the step, in percent, from which idle time after synchronizing calls is a warning (TraceLens).',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description:
        'Share of the step, in percent, from which idle time after synchronizing calls is an error.',
      minimum: 0,
      maximum: 100,
    },
    minimumNs: {
      default: 1_000_000,
      description:
        'Idle time in a typical step, in nanoseconds, below which synchronizing calls are no trouble.',
      minimum: 0,
      maximum: 1e12,
    },
  },

  *detect(tables, options) {
    const syncs = tables.ranks
      .filter(({ tables: { busy } }) => busy.length > 0)
      .map((rank) => syncsOf(rank, tables));
    if (syncs.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(syncs.map(({ sharePercent }) => sharePercent));
    const lostNs = median(syncs.map(({ medianNs }) => medianNs));
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const thresholds = {
      info: options.infoPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const severity = severityOf(percent, thresholds, stepCount);
    if (severity === null || lostNs < options.minimumNs) {
      return;
    }
    const worst = syncs.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const { rank } = worst;
    const source = evidenceSourceOf(rank, tables);
    const name = rank.trace.strings[rank.trace.spans.name[worst.spans[0]]];
    yield {
      title: 'The host waits for the GPU inside the step',
      pattern: 'hidden-serialization',
      layer: 'compute',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: syncs
        .filter(({ sharePercent }) => sharePercent >= options.infoPercent)
        .map((one) => one.rank.rank),
      steps: tables.analyzed[rank.row].rows.map((row) => rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(lostNs),
      savingHow:
        'The time that the device idles after a synchronizing call until the host has launched again; the median over steps, then over ranks.',
      threshold: passedThreshold(percent, thresholds),
      evidence: worst.spans.slice(0, MAX_EVIDENCE).map((span) => spanEvidence(source, span)),
      ...placeOf(rank.tables.sourceOf(worst.spans[0])),
      why: `${name} makes the host wait until the GPU has finished, and the GPU then idles until the host has launched again: ${formatTime(lostNs)}, ${formatPercent(percent)} of a typical step.`,
      advice: ADVICE,
      repair: {
        condition: 'the host did not wait there',
        changes: [
          {
            kind: 'do-not-wait',
            spans: tables.ranks.map(
              ({ row }) => syncs.find((one) => one.rank.row === row)?.spans ?? [],
            ),
          },
        ],
      },
      claims: tables.ranks.map(
        ({ row }) => syncs.find((one) => one.rank.row === row)?.claim ?? EMPTY,
      ),
    };
  },
});

const EMPTY = new IntervalsBuilder().finish();

const ADVICE = [
  {
    text: 'Keep values on the device: no .item(), print, float() or comparison of a tensor in each step; gather losses and read them every N steps.',
    link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html#avoid-unnecessary-cpu-gpu-synchronization',
  },
  {
    text: 'Find every place: torch.cuda.set_sync_debug_mode("warn") names the lines that synchronize.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.cuda.set_sync_debug_mode.html',
  },
  {
    text: 'Copy without waiting: pin_memory=True and .to(device, non_blocking=True).',
    link: 'https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html',
  },
];

function syncsOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankSyncs {
  const { gaps, host, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const perStep = new Float64Array(steps.length);
  const lostBySpan = new Map<number, number>();
  const claim = new IntervalsBuilder();
  for (let gap = 0; gap < gaps.length; gap++) {
    const sync = host.sync.rowAt(gaps.start[gap]);
    if (sync < 0 || !AFTER_SYNC.has(gaps.cause[gap]) || steps.isWarmup[gaps.step[gap]] === 1) {
      continue;
    }
    const lost = gaps.end[gap] - gaps.start[gap];
    const span = host.sync.spans[sync];
    perStep[gaps.step[gap]] += lost;
    lostBySpan.set(span, (lostBySpan.get(span) ?? 0) + lost);
    claim.add(gaps.start[gap], gaps.end[gap]);
  }
  return {
    rank,
    spans: [...lostBySpan].sort((a, b) => b[1] - a[1]).map(([span]) => span),
    claim: claim.finish(),
    ...typicalTime(
      rows.map((row) => perStep[row]),
      durations,
    ),
  };
}
