import { median } from '../derived/statistics.ts';
import { layerOf } from '../model/phase.ts';
import type { Finding, RankReport } from '../model/report.ts';

/** Shares of the time of all analyzed steps, median over ranks, by what is to blame. */
export interface Losses {
  readonly hasDevice: boolean;
  readonly computePercent: number;
  readonly dataPercent: number;
  readonly hostPercent: number;
  readonly communicationPercent: number;
  readonly imbalancePercent: number;
  readonly unexplainedPercent: number;
  /** The rank that the others wait for; null where there is none. */
  readonly slowRank: number | null;
}

/** Null where neither a device nor phases tell anything. */
export function computeLosses(
  ranks: readonly RankReport[],
  findings: readonly Finding[],
): Losses | null {
  const shares = ranks.flatMap((rank) => {
    const one = deviceShares(rank) ?? hostShares(rank);
    return one === null ? [] : [one];
  });
  if (shares.length === 0) {
    return null;
  }
  const over = (key: 'compute' | 'data' | 'host' | 'communication' | 'unexplained'): number =>
    median(shares.map((share) => share[key]));
  const hasDevice = ranks.some(({ breakdown }) => breakdown !== null);
  const told = (id: string): number => (hasDevice ? 0 : percentOf(findings, id));
  const garbage = told('gc-pause');
  const straggler = findings.find(({ id, severity }) => id === 'straggler' && severity !== 'info');
  const imbalancePercent = straggler?.threshold.measured ?? 0;
  return {
    hasDevice,
    computePercent: Math.max(0, over('compute') - garbage),
    dataPercent: over('data'),
    hostPercent: over('host') + garbage,
    communicationPercent: Math.max(0, over('communication') - imbalancePercent),
    imbalancePercent,
    unexplainedPercent: over('unexplained'),
    slowRank: straggler?.ranks[0] ?? null,
  };
}

/** What phases of the host count as compute although a finding knows better; 0 where it is about single steps. */
function percentOf(findings: readonly Finding[], id: string): number {
  const threshold = findings.find((finding) => finding.id === id)?.threshold;
  return threshold === undefined || threshold.name === 'tailPercent' ? 0 : threshold.measured;
}

interface Shares {
  readonly compute: number;
  readonly data: number;
  readonly host: number;
  readonly communication: number;
  readonly unexplained: number;
}

function deviceShares({ breakdown }: RankReport): Shares | null {
  if (breakdown === null) {
    return null;
  }
  const { idleCauses } = breakdown;
  return {
    compute: breakdown.computePercent,
    data: idleCauses.data + idleCauses.copy + breakdown.exposedCopyPercent,
    host: idleCauses.host + idleCauses.sync + idleCauses.launch + idleCauses.checkpoint,
    communication: idleCauses.communication + breakdown.exposedCommunicationPercent,
    unexplained: idleCauses.unexplained,
  };
}

function hostShares({ phases, stepTime }: RankReport): Shares | null {
  if (stepTime === null || phases.length === 0) {
    return null;
  }
  const sum = (isWanted: (phase: RankReport['phases'][number]['phase']) => boolean): number =>
    phases.reduce(
      (total, { phase, sharePercent }) => total + (isWanted(phase) ? sharePercent : 0),
      0,
    );
  const data = sum((phase) => layerOf(phase) === 'data');
  const communication = sum((phase) => phase === 'communication');
  const service = sum((phase) => layerOf(phase) === 'orchestration') - communication;
  const compute = sum((phase) => layerOf(phase) === 'compute');
  return {
    compute,
    data,
    host: service,
    communication,
    unexplained: Math.max(0, 100 - compute - data - communication - service),
  };
}
