import { findPeriod } from '../derived/period.ts';
import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector } from './detector.ts';
import {
  costOf,
  draftHostStall,
  HOST_STALL_NEEDS,
  type StallCost,
  weighStall,
} from './host-stall-draft.ts';

export const gcPause = defineDetector({
  id: 'gc-pause',
  title: "Python's garbage collector stops training",
  needs: HOST_STALL_NEEDS,
  options: {
    infoPercent: {
      default: 2,
      description:
        'Share of the step, in percent, that garbage collection must cost on average (paper on stragglers, OSDI 2025).',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description: 'Share of the step, in percent, from which garbage collection is a warning.',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which garbage collection is an error.',
      minimum: 0,
      maximum: 100,
    },
    tailPercent: {
      default: 50,
      description:
        'How long, in percent of a step, a single collection must stop training to be noted whatever the average.',
      minimum: 0,
      maximum: 1e6,
    },
  },

  *detect(tables, options) {
    const cost = costOf('collection', tables);
    const weight =
      cost === null
        ? null
        : weighStall(
            cost,
            {
              info: options.infoPercent,
              warning: options.warningPercent,
              error: options.errorPercent,
            },
            options.tailPercent,
          );
    if (cost === null || weight === null) {
      return;
    }
    yield {
      title: "Python's garbage collector stops training",
      pattern: 'tail-latency',
      layer: 'compute',
      ...weight,
      ...draftHostStall('collection', cost, tables),
      why: explain(cost),
      advice: ADVICE,
    };
  },
});

const ADVICE = [
  {
    text: 'Collect when all ranks do, and rarely: gc.disable() before the loop, gc.collect() every few hundred steps on every rank at the same step.',
    link: 'https://docs.python.org/3/library/gc.html',
  },
  {
    text: 'Give the collector less to look at: gc.freeze() after the setup takes what lives forever out of every collection.',
    link: 'https://docs.python.org/3/library/gc.html#gc.freeze',
  },
];

function explain({ steps, stepCount, lostNs, percent, largestPercent, worst }: StallCost): string {
  const period = findPeriod(steps, steps[0], steps[steps.length - 1]);
  const when =
    steps.length === stepCount
      ? 'in every step'
      : period === null
        ? `in ${steps.length} of ${stepCount} steps`
        : `every ${period.every} steps`;
  const who = worst.tables.busy.length > 0 ? 'the GPU idles' : 'training stands still';
  return `Garbage is collected ${when}, and ${who} meanwhile: ${formatTime(lostNs)} a step on average, ${formatPercent(percent)} of a typical one; the longest takes ${formatPercent(largestPercent)} of it.`;
}
