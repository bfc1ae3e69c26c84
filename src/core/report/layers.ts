import { median } from '../derived/statistics.ts';
import { type LayerShares, rankLayers } from '../model/rank-layers.ts';
import type { RankReport } from '../model/report.ts';

/** How the step divides between the layers, median over ranks; they sum to 100. Null where nothing tells. */
export function computeLayers(ranks: readonly RankReport[]): LayerShares | null {
  const shares = ranks.map(rankLayers).filter((share) => share !== null);
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
