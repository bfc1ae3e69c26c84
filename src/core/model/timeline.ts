import type { TimelineCounter } from './counter.ts';
import type { Phase } from './phase.ts';
import type { GapCause, Percentiles } from './report.ts';
import type { LocationHow, SourceCandidates } from './source-candidate.ts';
import type { SpanCategory } from './span-category.ts';
import type { LaneKind } from './trace.ts';
import type { Nanoseconds } from './units.ts';

/** A lane as the page lists it; `lane` is its index in the rank's trace. */
export interface TimelineLane {
  readonly lane: number;
  readonly name: string;
  readonly kind: LaneKind;
  /** Rows that nesting and overlap need. */
  readonly depthCount: number;
  readonly spanCount: number;
  /** The thread that runs the training loop. */
  readonly isMain: boolean;
}

export interface TimelineRank {
  readonly rank: number;
  readonly deviceName: string | null;
  readonly lanes: readonly TimelineLane[];
  /** Left out where it has none. */
  readonly counters?: readonly TimelineCounter[] | undefined;
}

/** One step of one rank; times count from the run's origin. */
export interface TimelineStep {
  readonly rank: number;
  readonly step: number;
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly isWarmup: boolean;
}

/** The steps of all ranks, rank by rank in time order; times count from the run's origin. */
export interface StepColumns {
  readonly length: number;
  readonly rank: Int32Array<ArrayBuffer>;
  readonly step: Int32Array<ArrayBuffer>;
  readonly start: Float64Array<ArrayBuffer>;
  readonly duration: Float64Array<ArrayBuffer>;
  readonly isWarmup: Uint8Array<ArrayBuffer>;
}

/** A piece of the picture of one step, in the order drawn. */
export interface StepPiece {
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly phase: Phase;
  /** Why the device is idle; null for work. */
  readonly cause: GapCause | null;
  readonly label: string;
}

/** Time of a step in one phase, or idle with one cause. */
export interface StepSlice {
  readonly phase: Phase;
  readonly cause: GapCause | null;
  readonly durationNs: Nanoseconds;
}

/** One step as a small picture. */
export interface ExplainedStep {
  readonly rank: number;
  readonly step: number;
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly host: readonly StepPiece[];
  /** Empty where the trace has no device. */
  readonly device: readonly StepPiece[];
  /** What the device does, or the host where there is none, the longest first; they sum to `durationNs`. */
  readonly slices: readonly StepSlice[];
}

/** What the page needs, beside the steps, before it asks for windows of the timeline. */
export interface TimelineOverview {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly ranks: readonly TimelineRank[];
  /** The step nearest to the median (p50) of the run. */
  readonly typicalStep: ExplainedStep | null;
  /** The step nearest to p95 of a slow rank; null where it takes little more than the typical one. */
  readonly slowStep: ExplainedStep | null;
}

/** The summary track of a rank, in place of a lane's index. */
export const RANK_TRACK = -1;

/** A row of the timeline; `lane` is {@link RANK_TRACK} or an index into the rank's lanes. */
export interface TimelineRow {
  readonly rank: number;
  readonly lane: number;
  /** How much earlier than it was the row is shown, where ranks are aligned on something; absent is none. */
  readonly shiftNs?: Nanoseconds | undefined;
}

/** Times are those shown: run time less the shift of the row. */
export interface WindowRequest {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly widthPx: number;
  readonly rows: readonly TimelineRow[];
}

/** What a rectangle of a window stands for; the index is the value in its `kind` column. */
export const RECTANGLE_KINDS = ['span', 'merged', 'gap', 'phase'] as const;

/**
 * Rectangles to draw, ordered by row, then depth, then start.
 * Neighbours below a pixel are merged into one of kind `merged`.
 */
export interface WindowRectangles {
  readonly length: number;
  /** Index into the request's rows. */
  readonly row: Uint16Array<ArrayBuffer>;
  readonly depth: Uint16Array<ArrayBuffer>;
  /** Since the run's origin, less the shift of the row. */
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Index into `RECTANGLE_KINDS`. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Index into `PHASES`. */
  readonly phase: Uint8Array<ArrayBuffer>;
  /** Index into `SPAN_CATEGORIES`; for gaps index into `GAP_CAUSES`. */
  readonly category: Uint8Array<ArrayBuffer>;
  /** Share of its time that is taken by what it stands for, 255 for all of it; less only where spans were merged. */
  readonly coverage: Uint8Array<ArrayBuffer>;
  /** Span or gap index, 0xffffffff for none; for merged rectangles the number of spans merged. */
  readonly item: Uint32Array<ArrayBuffer>;
  /** Index into the names that come with the window. */
  readonly name: Uint32Array<ArrayBuffer>;
}

/** Spans that were searched for, in time order; times count from the run's origin. */
export interface FoundSpans {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly duration: Float64Array<ArrayBuffer>;
  readonly rank: Int32Array<ArrayBuffer>;
  /** Row of the rank's spans. */
  readonly span: Uint32Array<ArrayBuffer>;
  readonly lane: Uint32Array<ArrayBuffer>;
  readonly depth: Uint16Array<ArrayBuffer>;
}

/** What the spans of an area are added up by. */
export const AREA_KEYS = ['name', 'phase', 'category'] as const;

/** An interval in some rows, in times as shown: run time less the shift of the row. */
export interface AreaRequest {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly rows: readonly TimelineRow[];
  readonly by: (typeof AREA_KEYS)[number];
}

/** How often each length is there, in bins of equal ratio from the least to the most. */
export interface DurationHistogram {
  /** No less than 1 ns, where the first bin begins; it holds what is shorter as well. */
  readonly leastNs: Nanoseconds;
  readonly mostNs: Nanoseconds;
  readonly counts: readonly number[];
}

/** The spans of one name, phase or category in an area, or the idle times of one cause. */
export interface AreaGroup {
  readonly name: string;
  /** Of idle time in the summary of a rank; null for spans. */
  readonly cause: GapCause | null;
  readonly count: number;
  /** Within the area, spans within each other counted each. */
  readonly totalNs: Nanoseconds;
  /** Within the area, without the spans inside. */
  readonly selfNs: Nanoseconds;
  /** Of the whole spans. */
  readonly percentiles: Percentiles;
  readonly durations: DurationHistogram;
}

export interface AreaSummary {
  readonly groupCount: number;
  /** Of spans. */
  readonly count: number;
  /** Of idle times. */
  readonly gapCount: number;
  /** Of all spans; null where there are none. */
  readonly durations: DurationHistogram | null;
  readonly selfNs: Nanoseconds;
  /** Those with most time of their own first; the rest is left out. */
  readonly groups: readonly AreaGroup[];
}

/** What the user picked on the timeline. */
export interface Selection {
  readonly kind: 'span' | 'gap';
  readonly rank: number;
  readonly index: number;
}

/** Everything known of a selected span or gap, for the details panel. */
export interface SelectionDetails {
  readonly selection: Selection;
  readonly name: string;
  readonly lane: string;
  readonly category: SpanCategory | 'gap';
  readonly phase: Phase;
  readonly cause: GapCause | null;
  /** Share of the gap that its cause covers; null for spans. */
  readonly causeCoveragePercent: number | null;
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly selfNs: Nanoseconds | null;
  readonly step: number | null;
  readonly stepStartNs: Nanoseconds | null;
  readonly stepSharePercent: number | null;
  /** Spans of the same name on the rank, or the same cause for a gap: the time in each step. */
  readonly perStep: {
    readonly count: number;
    readonly percentiles: Percentiles;
    /** Time in each analysed step, in step order. */
    readonly valuesNs: readonly Nanoseconds[];
    /** Where this step's value stands among them, 0 to 100. */
    readonly rankPercent: number | null;
  } | null;
  /** All spans of its name on the rank, or all idle times of its cause. */
  readonly all: {
    readonly count: number;
    readonly totalNs: Nanoseconds;
    readonly percentiles: Percentiles;
    readonly durations: DurationHistogram;
  };
  /** The collective that it is of, or launches; null where it has none on other ranks. */
  readonly collective: {
    /** Whether it may be told how much later one came than the other. */
    readonly isComparable: boolean;
    /** In the order of their starts. */
    readonly arrivals: readonly {
      readonly rank: number;
      /** Row of the rank's spans. */
      readonly span: number;
      readonly startNs: Nanoseconds;
      readonly durationNs: Nanoseconds;
    }[];
  } | null;
  /** What joins it to others: launch, kernel, backward, the work before and after a gap. */
  readonly related: readonly {
    readonly relation: string;
    readonly name: string;
    readonly selection: Selection | null;
    readonly lane: number;
    /** Row of nesting on its lane, from 0. */
    readonly depth: number;
    readonly startNs: Nanoseconds;
    readonly durationNs: Nanoseconds;
  }[];
  /**
   * What it runs in, innermost first: the spans around it, of work on a device those around its launch; then the
   * frames that the file recorded with it.
   */
  readonly stack: readonly {
    readonly name: string;
    /** Null for a recorded frame. */
    readonly span: {
      readonly selection: Selection;
      readonly startNs: Nanoseconds;
      readonly durationNs: Nanoseconds;
    } | null;
  }[];
  readonly source: SourceCandidates;
  /** How the first location was found, where one was. */
  readonly how: LocationHow | null;
}
