import { median } from '../../src/core/derived/statistics.ts';
import { TROUBLE_KINDS } from '../../src/simulator/trouble.ts';
import type { CaseResult, Judged } from './judge-case.ts';

/** What the score must reach. */
export const TARGETS = {
  foundPercent: 97.5,
  rankPercent: 98,
  linePercent: 95,
  savingError: 0.1,
  alarmPercent: 1,
} as const;

export interface Score {
  readonly foundPercent: number;
  readonly rankPercent: number;
  readonly linePercent: number;
  readonly savingError: number;
  /** Healthy runs with any warning. */
  readonly alarmPercent: number;
  /** Of what comes first in the reports, what is planted. */
  readonly precisionPercent: number;
}

export function scoreOf(results: readonly CaseResult[]): Score {
  const troubles = results.flatMap((result) => result.troubles);
  const healthy = results.filter((result) => result.troubles.length === 0);
  const wrong = results.reduce((sum, result) => sum + result.wrong.length, 0);
  const found = troubles.filter(({ isFound }) => isFound).length;
  return {
    ...sharesOf(troubles),
    alarmPercent: percentOf(healthy.map(({ alarms }) => alarms.length > 0)),
    precisionPercent: found + wrong === 0 ? NaN : (100 * found) / (found + wrong),
  };
}

/** As Markdown: a line a kind, then all. */
export function tableOf(results: readonly CaseResult[]): string {
  const troubles = results.flatMap((result) => result.troubles);
  const rows = TROUBLE_KINDS.map((kind) => {
    const own = troubles.filter((trouble) => trouble.kind === kind);
    return rowOf(kind, own);
  });
  return [
    '| planted | runs | found first | right rank | right line | error of the saving |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    rowOf('all', troubles),
  ].join('\n');
}

function rowOf(name: string, troubles: readonly Judged[]): string {
  const shares = sharesOf(troubles);
  const cells = [
    name,
    String(troubles.length),
    say(shares.foundPercent),
    say(shares.rankPercent),
    say(shares.linePercent),
    say(100 * shares.savingError),
  ];
  return `| ${cells.join(' | ')} |`;
}

function sharesOf(
  troubles: readonly Judged[],
): Pick<Score, 'foundPercent' | 'rankPercent' | 'linePercent' | 'savingError'> {
  return {
    foundPercent: percentOf(troubles.map(({ isFound }) => isFound)),
    rankPercent: percentOf(troubles.map(({ isRightRank }) => isRightRank)),
    linePercent: percentOf(troubles.map(({ isRightLine }) => isRightLine)),
    savingError: median(
      troubles.map(({ savingError }) => savingError).filter((error) => error !== null),
    ),
  };
}

/** Of those that are not null; NaN for none. */
function percentOf(answers: readonly (boolean | null)[]): number {
  const known = answers.filter((answer) => answer !== null);
  return (100 * known.filter(Boolean).length) / known.length;
}

export function say(percent: number): string {
  return Number.isNaN(percent) ? '' : `${percent.toFixed(1)} %`;
}
