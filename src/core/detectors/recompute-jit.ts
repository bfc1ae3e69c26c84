import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector } from './detector.ts';
import {
  costOf,
  draftHostStall,
  HOST_STALL_NEEDS,
  type StallCost,
  weighStall,
} from './host-stall-draft.ts';

export const recomputeJit = defineDetector({
  id: 'recompute-jit',
  title: 'Code is compiled during training',
  needs: HOST_STALL_NEEDS,
  options: {
    minimumSteps: {
      default: 2,
      description:
        'In how many analyzed steps code must be compiled; compiling once is part of the warm-up.',
      minimum: 1,
      maximum: 1e6,
    },
    infoPercent: {
      default: 1,
      description: 'Share of the step, in percent, that compiling must cost on average.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description: 'Share of the step, in percent, from which compiling is a warning.',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which compiling is an error.',
      minimum: 0,
      maximum: 100,
    },
    tailPercent: {
      default: 50,
      description:
        'How long, in percent of a step, compiling in a single step must take to be noted though it is the only one.',
      minimum: 0,
      maximum: 1e6,
    },
  },

  *detect(tables, options) {
    const cost = costOf('compilation', tables);
    if (cost === null) {
      return;
    }
    const isRepeated = cost.steps.length >= options.minimumSteps;
    const only = (percent: number): number => (isRepeated ? percent : Infinity);
    const weight = weighStall(
      cost,
      {
        info: only(options.infoPercent),
        warning: only(options.warningPercent),
        error: only(options.errorPercent),
      },
      options.tailPercent,
    );
    if (weight === null) {
      return;
    }
    yield {
      title: 'Code is compiled during training',
      pattern: 'inefficiency',
      layer: 'compute',
      ...weight,
      ...draftHostStall('compilation', cost, tables),
      why: explain(cost),
      advice: ADVICE,
    };
  },
});

const ADVICE = [
  {
    text: 'Find out why: TORCH_LOGS="recompiles" names the guard that failed and the line.',
    link: 'https://docs.pytorch.org/docs/stable/torch.compiler_troubleshooting.html',
  },
  {
    text: 'Keep shapes the same: pad or bucket the batches, drop the last one (drop_last=True), or mark a size with torch._dynamo.mark_dynamic.',
    link: 'https://docs.pytorch.org/docs/stable/torch.compiler_dynamic_shapes.html',
  },
  {
    text: 'Run every shape once before the steps that count, and keep the caches of Inductor and Triton between runs.',
    link: 'https://docs.pytorch.org/tutorials/recipes/torch_compile_caching_tutorial.html',
  },
];

function explain({ steps, stepCount, lostNs, percent, largestPercent, worst }: StallCost): string {
  const { strings, spans } = worst.trace;
  const [first] = worst.tables.hostStalls.compilation.stretches.spans;
  const who = worst.tables.busy.length > 0 ? 'the GPU idles' : 'training stands still';
  return `In ${steps.length} of ${stepCount} analyzed steps code is compiled or tuned (${strings[spans.name[first]].slice(0, 80)}), and ${who} meanwhile: ${formatTime(lostNs)} a step on average, ${formatPercent(percent)} of a typical one; at most ${formatPercent(largestPercent)} in one step.`;
}
