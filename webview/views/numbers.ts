import { GAP_CAUSES, type RankReport, type Report } from '../../src/core/model/report.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatDuration, formatPercent } from '../base/format.ts';
import { CAUSE_WORDS } from '../base/palette.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../store.ts';
import { moveTo } from '../timeline/move-to.ts';

/** Tables of more ranks would hide the page; the others are in the JSON. */
const MAX_RANKS = 8;

interface Row {
  readonly name: string;
  readonly value: string;
  /** Path of the number in the report. */
  readonly path: string;
}

/** The numbers of the run, each with the formula that gives it, and the way to its intervals. */
export function renderNumbers(context: PageContext): HTMLElement {
  const { report } = context.run;
  const shown = report.ranks.slice(0, MAX_RANKS);
  const more = report.ranks.length - shown.length;
  return h(
    'details',
    { class: 'panel notes numbers' },
    h('summary', {}, h('h2', { class: 'panel-title' }, 'Numbers and their formulas')),
    renderRows(runRows(report), report),
    ...shown.map((rank) => renderRank(context, rank)),
    more > 0 ? h('p', { class: 'muted' }, `${more} more ranks are in the JSON report.`) : null,
  );
}

function renderRank(context: PageContext, rank: RankReport): HTMLElement {
  const typical = typicalStepOf(context, rank);
  return h(
    'div',
    {},
    h(
      'h3',
      { class: 'panel-title' },
      `Rank ${rank.rank} `,
      typical === null
        ? null
        : linkButton(
            `show its intervals in step ${typical.step}`,
            `Show step ${typical.step} of rank ${rank.rank}, the one nearest to the median, on the timeline`,
            () => {
              const { store, run } = context;
              store.openRanks.set(new Set([...store.openRanks.get(), rank.rank]));
              moveTo(
                context,
                frameInterval(typical.startNs, typical.durationNs, 0.05),
                run.overview,
              );
              store.wantedRank.set({ rank: rank.rank });
            },
          ),
    ),
    renderRows([...breakdownRows(rank), ...phaseRows(rank)], context.run.report),
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

function runRows({ stepTime, verdict, layers, whatIf }: Report): Row[] {
  const percent = (name: string, path: string, value: number): Row => ({
    name,
    path,
    value: formatPercent(value),
  });
  return [
    ...(stepTime === null
      ? []
      : [
          {
            name: 'Step time',
            path: 'stepTime.p50Ns',
            value: `${formatDuration(stepTime.p50Ns)} p50, ${formatDuration(stepTime.p95Ns)} p95, ${formatDuration(stepTime.p99Ns)} p99`,
          },
          { name: 'Mean step', path: 'stepTime.meanNs', value: formatDuration(stepTime.meanNs) },
        ]),
    percent('Verdict', 'verdict.sharePercent', verdict.sharePercent),
    ...(layers === null
      ? []
      : [
          percent('Data', 'layers.dataPercent', layers.dataPercent),
          percent('Compute', 'layers.computePercent', layers.computePercent),
          percent('Orchestration', 'layers.orchestrationPercent', layers.orchestrationPercent),
        ]),
    ...(whatIf === null
      ? []
      : [{ name: 'Slowdown S', path: 'whatIf.slowdown', value: whatIf.slowdown.toFixed(3) }]),
  ];
}

function breakdownRows({ breakdown }: RankReport): Row[] {
  if (breakdown === null) {
    return [];
  }
  const shares: readonly (readonly [name: string, key: string, value: number])[] = [
    ['Compute', 'computePercent', breakdown.computePercent],
    ['Exposed communication', 'exposedCommunicationPercent', breakdown.exposedCommunicationPercent],
    ['Exposed copies', 'exposedCopyPercent', breakdown.exposedCopyPercent],
    ['Idle', 'idlePercent', breakdown.idlePercent],
  ];
  const causes = GAP_CAUSES.filter((cause) => breakdown.idleCauses[cause] > 0).map((cause) => ({
    name: `Idle: ${CAUSE_WORDS[cause]}`,
    path: 'ranks.*.breakdown.idleCauses.*',
    value: formatPercent(breakdown.idleCauses[cause]),
  }));
  return [
    ...shares.map(([name, key, value]) => ({
      name,
      path: `ranks.*.breakdown.${key}`,
      value: formatPercent(value),
    })),
    ...causes,
  ];
}

function phaseRows({ phases }: RankReport): Row[] {
  return phases.map(({ phase, perStep, sharePercent }) => ({
    name: `Phase ${phase}`,
    path: 'ranks.*.phases.*.perStep.p50Ns',
    value: `${formatDuration(perStep.p50Ns)} a step, ${formatPercent(sharePercent)} of the time`,
  }));
}

/** Formulas are told to everyone: on screen as quiet text, not on hover alone. */
function renderRows(rows: readonly Row[], { formulas = {} }: Report): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(({ name, value, path }) => [
      h('dt', {}, name),
      h('dd', {}, value, h('span', { class: 'muted' }, ` ${formulas[path] ?? ''}`)),
    ]),
  );
}
