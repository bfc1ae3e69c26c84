import { layerOf } from './phase.ts';
import type { RankReport, Report } from './report.ts';

export type LayerShares = NonNullable<Report['layers']>;

/** How the steps of a rank divide between the layers; they sum to 100. Null where nothing tells. */
export function rankLayers(rank: RankReport): LayerShares | null {
  return deviceLayers(rank) ?? hostLayers(rank);
}

function deviceLayers({ breakdown }: RankReport): LayerShares | null {
  if (breakdown === null) {
    return null;
  }
  const { idleCauses } = breakdown;
  return complete(
    breakdown.exposedCopyPercent + idleCauses.data + idleCauses.copy,
    breakdown.exposedCommunicationPercent + idleCauses.communication + idleCauses.checkpoint,
  );
}

function hostLayers({ phases, stepTime }: RankReport): LayerShares | null {
  if (stepTime === null || phases.length === 0) {
    return null;
  }
  const sumOf = (layer: ReturnType<typeof layerOf>): number =>
    phases.reduce(
      (sum, { phase, sharePercent }) => sum + (layerOf(phase) === layer ? sharePercent : 0),
      0,
    );
  return complete(sumOf('data'), sumOf('orchestration'));
}

function complete(dataPercent: number, orchestrationPercent: number): LayerShares {
  return {
    dataPercent,
    orchestrationPercent,
    computePercent: 100 - dataPercent - orchestrationPercent,
  };
}
