import type { RankReport } from './report.ts';

/**
 * Share of the steps of a rank that it spends in communication that nothing hides: of ranks that wait for
 * each other, the last to come spends least.
 */
export function waitPercent({ breakdown, phases }: RankReport): number {
  return breakdown === null
    ? (phases.find(({ phase }) => phase === 'communication')?.sharePercent ?? 0)
    : breakdown.exposedCommunicationPercent + breakdown.idleCauses.communication;
}
