import { allocatorChurn } from './allocator-churn.ts';
import { checkpointStall } from './checkpoint-stall.ts';
import { collectiveHang } from './collective-hang.ts';
import { commExposed } from './comm-exposed.ts';
import { commNotOverlapped } from './comm-not-overlapped.ts';
import { copyPageable } from './copy-pageable.ts';
import { dataDuplicated } from './data-duplicated.ts';
import { dataSingleWorker } from './data-single-worker.ts';
import { dataSlowStage } from './data-slow-stage.ts';
import { dataStall } from './data-stall.ts';
import { dataTail } from './data-tail.ts';
import { gcPause } from './gc-pause.ts';
import { gpuIdle } from './gpu-idle.ts';
import { hostBound } from './host-bound.ts';
import { hostSync } from './host-sync.ts';
import { loggingStall } from './logging-stall.ts';
import { oneBusyThread } from './one-busy-thread.ts';
import { precision } from './precision.ts';
import { rankImbalance } from './rank-imbalance.ts';
import { recomputeJit } from './recompute-jit.ts';
import { regression } from './regression.ts';
import { pipelineBubble } from './pipeline-bubble.ts';
import { serialPhases } from './serial-phases.ts';
import { serialStreams } from './serial-streams.ts';
import { slowStage } from './slow-stage.ts';
import { stepDrift } from './step-drift.ts';
import { stepPeriod } from './step-period.ts';
import { stepTail } from './step-tail.ts';
import { straggler } from './straggler.ts';
import { syncEveryMicrobatch } from './sync-every-microbatch.ts';
import { unevenLayers } from './uneven-layers.ts';
import { validationStall } from './validation-stall.ts';
import type { Detector, SettingValues, Settings } from './detector.ts';

/** Every detector, by id. */
export const DETECTORS: readonly Detector[] = [
  allocatorChurn,
  checkpointStall,
  collectiveHang,
  commExposed,
  commNotOverlapped,
  copyPageable,
  dataDuplicated,
  dataSingleWorker,
  dataSlowStage,
  dataStall,
  dataTail,
  gcPause,
  gpuIdle,
  hostBound,
  hostSync,
  loggingStall,
  oneBusyThread,
  pipelineBubble,
  precision,
  rankImbalance,
  recomputeJit,
  regression,
  serialPhases,
  serialStreams,
  slowStage,
  stepDrift,
  stepPeriod,
  stepTail,
  straggler,
  syncEveryMicrobatch,
  unevenLayers,
  validationStall,
];

/** The thresholds of every detector by its id; the extension shows them as settings. */
export function detectorSettings(): Readonly<Record<string, Settings>> {
  return Object.fromEntries(DETECTORS.map(({ id, options }) => [id, options]));
}

/** Thresholds by detector and name; what is left out keeps its default. */
export type DetectorOptions = Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;

export function valuesOf(detector: Detector, changed: DetectorOptions): SettingValues {
  const own: Partial<Record<string, number>> = changed[detector.id] ?? {};
  return Object.fromEntries(
    Object.entries(detector.options).map(([name, setting]) => {
      const value = own[name];
      return [name, value !== undefined && Number.isFinite(value) ? value : setting.default];
    }),
  );
}
