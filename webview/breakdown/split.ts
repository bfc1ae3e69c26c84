import { PHASES } from '../../src/core/model/phase.ts';
import { rankLayers } from '../../src/core/model/rank-layers.ts';
import {
  type Breakdown,
  GAP_CAUSES,
  type RankReport,
  type Report,
} from '../../src/core/model/report.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { CAUSE_COLORS, CAUSE_WORDS, PHASE_COLORS } from '../base/palette.ts';

/** Ways to divide the time of a step. */
export const SPLIT_KINDS = ['device', 'phases', 'layers', 'causes'] as const;

export type SplitKind = (typeof SPLIT_KINDS)[number];

export interface Part {
  readonly name: string;
  readonly color: string;
  /** Drawn hatched: the device does nothing. */
  readonly isIdle: boolean;
  /** Path of its formula in the report. */
  readonly path: string;
}

/** The time of a step of one rank, or of the run. */
export interface Bar {
  /** Null is the run. */
  readonly rank: number | null;
  /** By part: share of the step, in percent. */
  readonly shares: readonly number[];
  /** Their sum: 100, or less where only a part of the step is divided. */
  readonly wholePercent: number;
  /** The mean step. */
  readonly stepNs: Nanoseconds;
}

export interface Split {
  readonly kind: SplitKind;
  readonly parts: readonly Part[];
  /** By all of its time, but layers by the median of the ranks, as the report has them. */
  readonly run: Bar;
  readonly ranks: readonly Bar[];
}

interface Row {
  readonly part: Part;
  /** Null where a rank does not tell. */
  readonly read: (rank: RankReport) => number | null;
}

/** Null where the run has nothing to divide in this way. Parts that no rank has are left out. */
export function splitRun(report: Report, kind: SplitKind): Split | null {
  const rows = ROWS[kind]().filter(({ read }) =>
    report.ranks.some((rank) => (read(rank) ?? 0) > 0),
  );
  const ranks = report.ranks.flatMap((rank): Bar[] => {
    const shares = rows.map(({ read }) => read(rank));
    return shares.includes(null)
      ? []
      : [barOf(rank.rank, shares.map(Number), rank.stepTime?.meanNs ?? 0)];
  });
  if (rows.length === 0 || ranks.length === 0) {
    return null;
  }
  const run = kind === 'layers' ? medianLayers(report, rows) : meanOf(report, ranks);
  return { kind, parts: rows.map(({ part }) => part), ranks, run };
}

function barOf(rank: number | null, shares: readonly number[], stepNs: Nanoseconds): Bar {
  return { rank, shares, stepNs, wholePercent: shares.reduce((sum, share) => sum + share, 0) };
}

/** Each rank counts for the time of its steps. */
function meanOf({ ranks, stepTime }: Report, bars: readonly Bar[]): Bar {
  const timeOf = new Map(ranks.map((rank) => [rank.rank, totalOf(rank)]));
  const weights = bars.map(({ rank }) => timeOf.get(rank ?? -1) ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = bars[0].shares.map((_, part) =>
    bars.reduce((sum, bar, i) => sum + (bar.shares[part] * weights[i]) / Math.max(1, total), 0),
  );
  return barOf(null, shares, stepTime?.meanNs ?? 0);
}

function totalOf({ stepTime }: RankReport): Nanoseconds {
  return stepTime === null ? 0 : stepTime.meanNs * stepTime.count;
}

function medianLayers({ layers, stepTime }: Report, rows: readonly Row[]): Bar {
  const shares = rows.map(({ part }) => layers?.[LAYER_KEYS[part.name]] ?? 0);
  return barOf(null, shares, stepTime?.meanNs ?? 0);
}

const LAYER_KEYS: Readonly<Record<string, keyof NonNullable<Report['layers']>>> = {
  data: 'dataPercent',
  compute: 'computePercent',
  orchestration: 'orchestrationPercent',
};

const ROWS: Readonly<Record<SplitKind, () => readonly Row[]>> = {
  device: () => [
    classRow('compute', PHASE_COLORS.forward, 'computePercent'),
    classRow('exposed communication', PHASE_COLORS.communication, 'exposedCommunicationPercent'),
    classRow('exposed copies', PHASE_COLORS.h2d, 'exposedCopyPercent'),
    ...causeRows((words) => `idle: ${words}`),
  ],
  phases: () => [
    ...PHASES.filter((phase) => phase !== 'none').map((phase) => ({
      part: {
        name: phase,
        color: PHASE_COLORS[phase],
        isIdle: false,
        path: 'ranks.*.phases.*.sharePercent',
      },
      read: (rank: RankReport) =>
        rank.phases.length === 0
          ? null
          : (rank.phases.find((time) => time.phase === phase)?.sharePercent ?? 0),
    })),
    {
      part: { name: 'no phase', color: PHASE_COLORS.none, isIdle: false, path: '' },
      read: ({ phases }) =>
        phases.length === 0
          ? null
          : Math.max(0, 100 - phases.reduce((sum, { sharePercent }) => sum + sharePercent, 0)),
    },
  ],
  layers: () => [
    layerRow('data', PHASE_COLORS.data),
    layerRow('compute', PHASE_COLORS.forward),
    layerRow('orchestration', PHASE_COLORS.communication),
  ],
  causes: () => causeRows((words) => words),
};

function classRow(name: string, color: string, key: Exclude<keyof Breakdown, 'idleCauses'>): Row {
  return {
    part: { name, color, isIdle: false, path: `ranks.*.breakdown.${key}` },
    read: ({ breakdown }) => breakdown?.[key] ?? null,
  };
}

function causeRows(name: (words: string) => string): readonly Row[] {
  return GAP_CAUSES.map((cause) => ({
    part: {
      name: name(CAUSE_WORDS[cause]),
      color: CAUSE_COLORS[cause],
      isIdle: true,
      path: 'ranks.*.breakdown.idleCauses.*',
    },
    read: ({ breakdown }) => breakdown?.idleCauses[cause] ?? null,
  }));
}

function layerRow(name: string, color: string): Row {
  const key = LAYER_KEYS[name];
  return {
    part: { name, color, isIdle: false, path: `layers.${key}` },
    read: (rank) => rankLayers(rank)?.[key] ?? null,
  };
}
