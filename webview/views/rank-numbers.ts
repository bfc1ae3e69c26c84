import { PHASES } from '../../src/core/model/phase.ts';
import { GAP_CAUSES, type RankReport, type Report } from '../../src/core/model/report.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration, formatPercent } from '../base/format.ts';
import { CAUSE_WORDS } from '../base/palette.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { moveToRank } from '../timeline/move-to.ts';

/** Tables of more ranks would hide the page; those that findings name come first, the others are in the JSON. */
const MAX_RANKS = 8;

/** A number of each rank; null where a rank does not have it. */
export interface RankRow {
  readonly name: string;
  readonly values: readonly (string | null)[];
  /** What gives it, in words; empty where a row above says it for both. */
  readonly formula: string;
}

/** Device shares and phases of the ranks side by side; null where there is neither. */
export function renderRankNumbers(context: PageContext): HTMLElement | null {
  const { report } = context.run;
  const ranks = ranksToShow(report);
  const rows = [...breakdownRows(ranks, report), ...phaseRows(ranks, report)];
  const more = report.ranks.length - ranks.length;
  return rows.length === 0
    ? null
    : h(
        'div',
        { class: 'number-scroll' },
        h(
          'table',
          { class: 'number-table' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'By rank'),
              ...ranks.map((rank) => renderRankHead(context, rank)),
              h('th', { scope: 'col' }, 'Formula'),
            ),
          ),
          h('tbody', {}, ...rows.map((row, i) => renderRow(row, rowsWithFormulaOf(rows, i)))),
        ),
        more > 0
          ? h('p', { class: 'muted' }, `${formatCount(more, 'more rank')} in the JSON report.`)
          : null,
      );
}

export function ranksToShow({
  ranks,
  findings,
}: Pick<Report, 'ranks' | 'findings'>): readonly RankReport[] {
  const some = findings.filter((finding) => finding.ranks.length < ranks.length);
  const named = new Set(some.flatMap((finding) => finding.ranks));
  return [...ranks]
    .sort((a, b) => Number(named.has(b.rank)) - Number(named.has(a.rank)))
    .slice(0, MAX_RANKS)
    .sort((a, b) => a.rank - b.rank);
}

/** The row itself and those after it that share its formula. */
export function rowsWithFormulaOf(rows: readonly RankRow[], row: number): number {
  const next = rows.findIndex(({ formula }, i) => i > row && formula !== '');
  return (next < 0 ? rows.length : next) - row;
}

function renderRow({ name, values, formula }: RankRow, span: number): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    ...values.map((value) => h('td', {}, value ?? '–')),
    formula === '' ? null : h('td', { class: 'muted', rowspan: span }, formula),
  );
}

/** With the way to its intervals. */
function renderRankHead(context: PageContext, rank: RankReport): HTMLElement {
  const typical = typicalStepOf(context, rank);
  return h(
    'th',
    { scope: 'col' },
    `rank ${rank.rank} `,
    typical === null
      ? null
      : linkButton(
          `show step ${typical.step}`,
          `Show the intervals of rank ${rank.rank} in step ${typical.step}, the one nearest to its median, on the timeline`,
          () => {
            const { store } = context;
            store.openRanks.set(new Set([...store.openRanks.get(), rank.rank]));
            moveToRank(
              context,
              rank.rank,
              frameInterval(typical.startNs, typical.durationNs, 0.05),
            );
            store.wantedRank.set({ rank: rank.rank });
          },
        ),
  );
}

function typicalStepOf({ run }: PageContext, { rank, stepTime }: RankReport) {
  const steps = run.steps.filter((step) => step.rank === rank && !step.isWarmup);
  const away = (durationNs: number): number => Math.abs(durationNs - (stepTime?.p50Ns ?? 0));
  return steps.reduce<(typeof steps)[number] | null>(
    (best, step) => (best !== null && away(best.durationNs) <= away(step.durationNs) ? best : step),
    null,
  );
}

const SHARES = [
  ['Compute', 'computePercent'],
  ['Exposed communication', 'exposedCommunicationPercent'],
  ['Exposed copies', 'exposedCopyPercent'],
  ['Idle', 'idlePercent'],
] as const;

export function breakdownRows(
  ranks: readonly RankReport[],
  { formulas = {} }: Pick<Report, 'formulas'>,
): RankRow[] {
  if (ranks.every(({ breakdown }) => breakdown === null)) {
    return [];
  }
  const row = (
    name: string,
    path: string,
    read: (breakdown: NonNullable<RankReport['breakdown']>) => number,
  ): RankRow => ({
    name,
    values: ranks.map(({ breakdown }) =>
      breakdown === null ? null : formatPercent(read(breakdown)),
    ),
    formula: formulas[`ranks.*.breakdown.${path}`] ?? '',
  });
  const causes = GAP_CAUSES.filter((cause) =>
    ranks.some(({ breakdown }) => (breakdown?.idleCauses[cause] ?? 0) > 0),
  );
  return [
    ...SHARES.map(([name, key]) => row(name, key, (breakdown) => breakdown[key])),
    ...causes.map((cause, i) => ({
      ...row(`Idle: ${CAUSE_WORDS[cause]}`, 'idleCauses.*', ({ idleCauses }) => idleCauses[cause]),
      ...(i > 0 ? { formula: '' } : {}),
    })),
  ];
}

/** The mean of a step and the share, which say the same: the median of what happens now and then would be 0. */
export function phaseRows(
  ranks: readonly RankReport[],
  { formulas = {} }: Pick<Report, 'formulas'>,
): RankRow[] {
  const formula = `Mean of a step and share of the steps. ${formulas['ranks.*.phases.*.totalNs'] ?? ''}`;
  return PHASES.filter((phase) =>
    ranks.some(({ phases }) => phases.some((time) => time.phase === phase)),
  ).map((phase, i) => ({
    name: `Phase ${phase}`,
    values: ranks.map(({ phases, stepTime }) => {
      const time = phases.find((other) => other.phase === phase);
      return time === undefined || stepTime === null
        ? null
        : `${formatDuration(time.totalNs / stepTime.count)} · ${formatPercent(time.sharePercent)}`;
    }),
    formula: i === 0 ? formula : '',
  }));
}
