import type { Breakdown, DeviceWindow } from '../model/report.ts';
import type { RankTrace } from '../model/run.ts';
import type { DeviceBusy, Gaps, Nesting, PhaseIntervals, Steps } from '../model/tables.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { listGradientUpdates } from './gradient-updates.ts';
import { computeBreakdown } from './breakdown.ts';
import { computeDevicePhases } from './device-phases.ts';
import { computeDeviceWindow } from './device-window.ts';
import { computeDeviceBusy, computeDeviceWork, type DeviceWork } from './device-work.ts';
import { computeExposedCommunication } from './exposed-communication.ts';
import { computeExtent, type Extent } from './extent.ts';
import { computeGaps } from './gaps.ts';
import { computeHostActivity, type HostActivity } from './host-activity.ts';
import { computeHostPhases } from './host-phases.ts';
import { computeHostStalls, type HostStalls } from './host-stalls.ts';
import type { Intervals } from './intervals.ts';
import { computeKernelLoad, type KernelLoad } from './kernel-load.ts';
import { computeLateReduction, type LateReduction } from './late-reduction.ts';
import { computeFullPrecision, type FullPrecision } from './full-precision.ts';
import { computePageableCopies, type PageableCopies } from './pageable-copies.ts';
import { computeLayerTimes, type LayerTimes } from './layer-times.ts';
import { keepSpillable, lazyTables, type TableDefinitions } from './lazy-tables.ts';
import { computeLoaderWorkers, type LoaderWorker } from './loader-workers.ts';
import { computeLoadingStages, type LoadingStage } from './loading-stages.ts';
import { computeLoaderWaits, type LoaderWaits } from './loader-waits.ts';
import { findLoaderStage, type LoaderStage } from './loader-stage.ts';
import { computeLoopPhases } from './loop-phases.ts';
import { type LoopStructure, readLoopStructure } from './loop-structure.ts';
import { findMainLane } from './main-lane.ts';
import { findMicroSteps, type MicroSteps } from './micro-steps.ts';
import { computeNesting } from './nesting.ts';
import { findOwnLoading } from './own-loading.ts';
import { computePartner } from './partner.ts';
import { computePhaseTimes } from './phase-times.ts';
import { computePhases, findBackwardLanes, type PhaseColumns, phasesByName } from './phases.ts';
import { listCollectives, type RankCollective } from './rank-collectives.ts';
import { computeServiceStalls, type ServiceStalls } from './service-stalls.ts';
import { computeSources, type SourceOf } from './sources.ts';
import { computeStreamTurns, type StreamTurns } from './stream-turns.ts';
import { computeSteps } from './steps.ts';
import { computeWaiting } from './waiting.ts';

/** The tables of one rank, each computed once, on first use. Times are the trace's. */
export interface RankDerived {
  readonly nesting: Nesting;
  readonly partner: Int32Array<ArrayBuffer>;
  readonly mainLane: LaneIndex;
  /** Threads of the autograd engine. */
  readonly backwardLanes: readonly LaneIndex[];
  /** By span: the phase that its own record or name tells. */
  readonly named: Uint8Array<ArrayBuffer>;
  readonly loop: LoopStructure;
  readonly steps: Steps;
  readonly phases: PhaseColumns;
  readonly work: DeviceWork;
  readonly busy: DeviceBusy;
  readonly host: HostActivity;
  readonly gaps: Gaps;
  readonly kernelLoad: KernelLoad;
  readonly loaderWaits: LoaderWaits;
  /** What most of the loader's waits are spent in; null where nothing tells. */
  readonly loaderStage: LoaderStage | null;
  readonly loadingStages: readonly LoadingStage[];
  /** None where they are not recorded. */
  readonly loaderWorkers: readonly LoaderWorker[];
  /** A wait in which the training process itself loads; null where nothing tells so. */
  readonly ownLoading: SpanIndex | null;
  readonly serviceStalls: ServiceStalls;
  readonly hostStalls: HostStalls;
  readonly pageableCopies: PageableCopies;
  /** Null where the device has no tensor cores, or the trace does not tell. */
  readonly fullPrecision: FullPrecision | null;
  /** Null where no modules repeat, or no stacks name them. */
  readonly layerTimes: LayerTimes | null;
  readonly exposedCommunication: Intervals;
  /** In which a rank may wait for others: with a device, its exposed communication; else its collectives. */
  readonly waiting: Intervals;
  readonly hostPhases: PhaseIntervals;
  /** As `hostPhases`, but exposed communication is a phase of its own; the same with a device. */
  readonly loopPhases: PhaseIntervals;
  readonly devicePhases: PhaseIntervals;
  /** By phase, then by row of steps: how long the device works on it or waits for it; else the training loop. */
  readonly phaseTimes: readonly Float64Array<ArrayBuffer>[];
  readonly breakdown: Breakdown | null;
  readonly deviceWindow: DeviceWindow | null;
  readonly collectives: readonly RankCollective[];
  readonly microSteps: MicroSteps;
  readonly lateReduction: LateReduction;
  readonly streamTurns: StreamTurns;
  readonly extent: Extent;
  readonly sourceOf: SourceOf;
}

const DEFINITIONS: TableDefinitions<RankTrace, RankDerived> = {
  nesting: (_, { trace }) => computeNesting(trace),
  partner: (_, { trace }) => computePartner(trace),
  mainLane: (_, { trace }) => findMainLane(trace),
  backwardLanes: ({ nesting, mainLane }, { trace }) => findBackwardLanes(trace, nesting, mainLane),
  named: (_, { trace }) => phasesByName(trace),
  loop: ({ partner, mainLane, backwardLanes, named }, { trace }) =>
    readLoopStructure(trace, partner, mainLane, backwardLanes, named),
  steps: ({ mainLane, partner, loop }, { trace }) => computeSteps(trace, mainLane, partner, loop),
  phases: ({ nesting, partner, mainLane, named, backwardLanes, loop }, { trace }) =>
    computePhases(trace, nesting, partner, {
      named,
      backwardLanes,
      windows: loop.windows,
      mainLane,
    }),
  work: ({ phases }, { trace }) => computeDeviceWork(trace, phases.own),
  busy: ({ work }) => computeDeviceBusy(work),
  host: ({ phases, loop, mainLane }, { trace }) =>
    computeHostActivity(trace, phases, loop.windows, mainLane),
  gaps: ({ work, partner, host, steps }, { trace }) =>
    computeGaps(trace, work, partner, host, steps),
  kernelLoad: ({ work, partner, steps }, { trace }) =>
    computeKernelLoad(trace, work, partner, steps),
  loaderWaits: ({ host, busy, steps }) => computeLoaderWaits(host, busy, steps),
  loaderStage: ({ mainLane, loaderWaits }, { trace }) =>
    findLoaderStage(trace, mainLane, loaderWaits),
  loadingStages: ({ nesting, mainLane, loaderWaits, steps }, { trace }) =>
    computeLoadingStages(trace, nesting, mainLane, loaderWaits, steps),
  loaderWorkers: ({ steps }, { trace }) => computeLoaderWorkers(trace, steps),
  ownLoading: ({ loaderWaits, loaderStage }, { trace }) =>
    findOwnLoading(trace, loaderWaits, loaderStage),
  serviceStalls: ({ phases, loop, mainLane, busy }, { trace }) =>
    computeServiceStalls(trace, phases, loop.windows, mainLane, busy),
  hostStalls: ({ mainLane, busy, gaps, steps }, { trace }) =>
    computeHostStalls(trace, mainLane, busy, gaps, steps),
  pageableCopies: ({ work, gaps, steps }, { trace }) =>
    computePageableCopies(trace, work, gaps, steps),
  fullPrecision: ({ work, partner, steps }, { trace }) =>
    computeFullPrecision(trace, work, partner, steps),
  layerTimes: ({ nesting, work, partner, steps }, { trace }) =>
    computeLayerTimes(trace, nesting, work, partner, steps),
  hostPhases: ({ phases, loop, mainLane }, { trace }) =>
    computeHostPhases(trace, phases.inherited, loop.windows, mainLane),
  loopPhases: ({ busy, hostPhases, exposedCommunication }) =>
    busy.length > 0 ? hostPhases : computeLoopPhases(hostPhases, exposedCommunication),
  devicePhases: ({ work, phases }, { trace }) => computeDevicePhases(trace, work, phases.own),
  exposedCommunication: ({ busy, hostPhases, steps, collectives }) =>
    computeExposedCommunication(
      busy,
      hostPhases,
      listGradientUpdates(hostPhases, steps).flatMap(({ passes }) => passes),
      collectives,
    ),
  waiting: ({ busy, exposedCommunication, collectives }, { trace }) =>
    computeWaiting(trace, busy, exposedCommunication, collectives),
  phaseTimes: (tables) => computePhaseTimes(tables, tables.steps),
  breakdown: ({ busy, gaps, steps }) => computeBreakdown(busy, gaps, steps),
  deviceWindow: ({ work }) => computeDeviceWindow(work),
  collectives: (tables, { trace }) => listCollectives(trace, tables),
  microSteps: ({ hostPhases, steps, collectives }) =>
    findMicroSteps(listGradientUpdates(hostPhases, steps), collectives),
  lateReduction: (tables) => computeLateReduction(tables),
  streamTurns: ({ work, partner }, { trace }) => computeStreamTurns(trace, work, partner),
  extent: (_, { trace }) => computeExtent(trace),
  sourceOf: ({ nesting, partner, mainLane }, { trace }) =>
    computeSources(trace, nesting, partner, mainLane),
};

/** Tables that are no plain data, and those as long as the spans that few need once the others are there. */
export const COMPUTED_AGAIN: ReadonlySet<keyof RankDerived> = new Set<keyof RankDerived>([
  'host',
  'hostStalls',
  'serviceStalls',
  'sourceOf',
  'nesting',
  'partner',
  'named',
]);

export function deriveRank(rank: RankTrace): RankDerived {
  const { spillable } = rank.trace;
  return spillable === undefined
    ? lazyTables(rank, DEFINITIONS)
    : lazyTables(rank, DEFINITIONS, keepSpillable(spillable, COMPUTED_AGAIN));
}
