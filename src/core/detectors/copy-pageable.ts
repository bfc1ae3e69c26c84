import { unionOf } from '../derived/intervals.ts';
import { median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import type { Repair } from '../derived/replay/repair.ts';
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

/** Pinned memory on PCIe 4.0 reaches about 24 GB/s, pageable 6; prefetching can hide the rest. */
const PINNED_SPEEDUP = 4;

const NEEDS = [
  'pageableCopies',
  'steps',
  'sourceOf',
  'analyzed',
  'medianStepNs',
  'alignment',
] as const;
type Name = (typeof NEEDS)[number];

interface RankCopies {
  readonly rank: NeededRank<Name>;
  /** Medians over the analysed steps. */
  readonly lostNs: number;
  readonly savedNs: number;
  readonly sharePercent: number;
  readonly count: number;
}

export const copyPageable = defineDetector({
  id: 'copy-pageable',
  title: 'Batches are copied from pageable memory',
  needs: NEEDS,
  options: {
    manyPercent: {
      default: 2,
      description:
        'Share of the step, in percent, that pageable copies must cost to be noted where they are many.',
      minimum: 0,
      maximum: 100,
    },
    copiesPerStep: {
      default: 10,
      description: 'Pageable copies in a step above which they are many (nsys).',
      minimum: 0,
      maximum: 1e6,
    },
    infoPercent: {
      default: 5,
      description:
        'Share of the step, in percent, that pageable copies must cost to be noted (nsys, TraceLens).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 10,
      description: 'Share of the step, in percent, from which pageable copies are a warning.',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which pageable copies are an error.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const copies = tables.ranks
      .filter((rank) => rank.tables.pageableCopies.spans.length > 0)
      .map((rank) => copiesOf(rank, tables));
    if (copies.length === 0 || tables.medianStepNs === 0) {
      return;
    }
    const percent = median(copies.map(({ sharePercent }) => sharePercent));
    const count = median(copies.map((one) => one.count));
    const isMany = count > options.copiesPerStep;
    const thresholds = {
      info: options.infoPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const stepCount = Math.min(...tables.analyzed.map(({ rows }) => rows.length));
    const severity =
      severityOf(percent, thresholds, stepCount) ??
      (isMany && percent >= options.manyPercent ? 'info' : null);
    if (severity === null) {
      return;
    }
    const worst = copies.reduce((most, one) => (one.sharePercent > most.sharePercent ? one : most));
    const longest = longestCopies(worst.rank);
    const lostNs = median(copies.map((one) => one.lostNs));
    const source = evidenceSourceOf(worst.rank, tables);
    yield {
      title: 'Batches are copied from pageable memory',
      pattern: 'hidden-serialization',
      layer: 'data',
      severity,
      confidence: confidenceOf(stepCount),
      ranks: copies.map(({ rank }) => rank.rank),
      steps: tables.analyzed[worst.rank.row].rows.map((row) => worst.rank.tables.steps.number[row]),
      savingNsPerStep: Math.round(median(copies.map(({ savedNs }) => savedNs))),
      savingHow: `The time in which the device idles after such a copy until the host has launched again, and ${formatPercent(100 * (1 - 1 / PINNED_SPEEDUP))} of the time in which it does nothing but copy, as pinned memory is about ${PINNED_SPEEDUP} times as fast; the median over steps, then over ranks. Copying the next batch beside the compute hides the rest too.`,
      threshold:
        percent >= options.infoPercent
          ? passedThreshold(percent, thresholds)
          : { name: 'manyPercent', value: options.manyPercent, measured: percent },
      evidence: longest.slice(0, MAX_EVIDENCE).map((span) => spanEvidence(source, span)),
      ...placeOf(worst.rank.tables.sourceOf(longest[0])),
      why: `In a typical step ${Math.round(count)} copies to the GPU come from pageable memory: the driver copies them into a buffer of its own first, the host waits meanwhile, and the GPU computes nothing for ${formatTime(lostNs)}, ${formatPercent(percent)} of the step.`,
      advice: ADVICE,
      repair: repairOf(tables),
      claims: tables.ranks.map(({ tables: { pageableCopies } }) =>
        unionOf(pageableCopies.exposed, pageableCopies.idle),
      ),
    };
  },
});

const ADVICE = [
  {
    text: 'Pin the batches and do not wait for their copies: DataLoader(pin_memory=True) and .to(device, non_blocking=True). One without the other gains little.',
    link: 'https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html',
  },
  {
    text: 'Copy the next batch while this one is computed, on a stream of its own.',
    link: 'https://docs.pytorch.org/docs/stable/notes/cuda.html#use-pinned-memory-buffers',
  },
  {
    text: 'Batches of a type of your own need a pin_memory() method, or they are not pinned.',
    link: 'https://docs.pytorch.org/docs/stable/data.html#memory-pinning',
  },
];

/** Copies as fast as from pinned memory, for which the host does not wait. */
function repairOf({ ranks }: NeededTables<Name>): Repair {
  const spans = ranks.map((rank) => rank.tables.pageableCopies.spans);
  return {
    condition: 'batches were copied from pinned memory',
    changes: [
      { kind: 'scale', spans, factor: 1 / PINNED_SPEEDUP },
      { kind: 'do-not-wait', spans },
    ],
  };
}

function copiesOf(rank: NeededRank<Name>, { analyzed }: NeededTables<Name>): RankCopies {
  const { pageableCopies, steps } = rank.tables;
  const { rows, durations } = analyzed[rank.row];
  const copying = timePerStep(pageableCopies.exposed, steps, rows);
  const idling = timePerStep(pageableCopies.idle, steps, rows);
  const lost = copying.map((time, i) => time + idling[i]);
  return rows.length === 0
    ? { rank, lostNs: 0, savedNs: 0, sharePercent: 0, count: 0 }
    : {
        rank,
        lostNs: median(lost),
        savedNs: median(copying.map((time, i) => time * (1 - 1 / PINNED_SPEEDUP) + idling[i])),
        sharePercent: median(lost.map((time, i) => (100 * time) / durations[i])),
        count: median(rows.map((row) => pageableCopies.countPerStep[row])),
      };
}

function longestCopies({ trace, tables }: NeededRank<Name>): number[] {
  const { duration } = trace.spans;
  return [...tables.pageableCopies.spans].sort((a, b) => duration[b] - duration[a]);
}
