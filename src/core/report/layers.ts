import { median } from '../derived/statistics.ts';
import { layerOf } from '../model/phase.ts';
import type { RankReport, Report } from '../model/report.ts';

type Layers = NonNullable<Report['layers']>;

/** How the step divides between the layers, median over ranks; they sum to 100. Null where nothing tells. */
export function computeLayers(ranks: readonly RankReport[]): Layers | null {
  const shares = ranks.flatMap((rank) => {
    const share = deviceLayers(rank) ?? hostLayers(rank);
    return share === null ? [] : [share];
  });
  if (shares.length === 0) {
    return null;
  }
  const dataPercent = median(shares.map((share) => share.dataPercent));
  const orchestrationPercent = median(shares.map((share) => share.orchestrationPercent));
  const scale = Math.max(1, (dataPercent + orchestrationPercent) / 100);
  const data = dataPercent / scale;
  const orchestration = orchestrationPercent / scale;
  return {
    dataPercent: data,
    computePercent: 100 - data - orchestration,
    orchestrationPercent: orchestration,
  };
}

function deviceLayers({ breakdown }: RankReport): Layers | null {
  if (breakdown === null) {
    return null;
  }
  const { idleCauses } = breakdown;
  return complete(
    breakdown.exposedCopyPercent + idleCauses.data + idleCauses.copy,
    breakdown.exposedCommunicationPercent + idleCauses.communication + idleCauses.checkpoint,
  );
}

function hostLayers({ phases, stepTime }: RankReport): Layers | null {
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

function complete(dataPercent: number, orchestrationPercent: number): Layers {
  return {
    dataPercent,
    orchestrationPercent,
    computePercent: 100 - dataPercent - orchestrationPercent,
  };
}
