import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { linkButton } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';
import { goToStep } from './go-to-step.ts';

/** From step to step, and to the slowest. */
export function renderWalk(context: PageContext): readonly HTMLElement[] {
  const { steps, overview } = context.run;
  const own = steps.filter(({ rank }) => rank === overview.ranks.at(0)?.rank);
  const walk = (direction: 1 | -1) => {
    const { startNs, endNs } = context.store.range.get();
    const middle = (startNs + endNs) / 2;
    const at = own.findIndex((step) => step.startNs + step.durationNs > middle);
    const current = at < 0 ? own.length : at;
    const isWide = !own.some((step) => isFilledBy(step, startNs, endNs));
    const wanted = isWide ? current : current + direction;
    const step = own.at(Math.min(own.length - 1, Math.max(0, wanted)));
    if (step !== undefined) {
      goToStep(context, step);
    }
  };
  const slowest = slowestStep(steps);
  return [
    linkButton('◂ previous', 'Go to the previous step', () => walk(-1)),
    linkButton('next ▸', 'Go to the next step', () => walk(1)),
    ...(slowest === null
      ? []
      : [
          linkButton(
            `slowest: step ${slowest.step} of rank ${slowest.rank}, ${formatDuration(slowest.durationNs)}`,
            'Go to the slowest step',
            () => goToStep(context, slowest),
          ),
        ]),
  ];
}

/** Whether a step lies in the middle of what is in view and takes a third of it or more. */
export function isFilledBy(step: TimelineStep, startNs: number, endNs: number): boolean {
  const middle = (startNs + endNs) / 2;
  const isInMiddle = step.startNs <= middle && step.startNs + step.durationNs > middle;
  return isInMiddle && step.durationNs * 3 > endNs - startNs;
}

function slowestStep(steps: readonly TimelineStep[]): TimelineStep | null {
  return steps.reduce<TimelineStep | null>(
    (slow, step) =>
      step.isWarmup || (slow !== null && step.durationNs <= slow.durationNs) ? slow : step,
    null,
  );
}
