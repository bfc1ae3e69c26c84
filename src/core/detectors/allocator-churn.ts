import { formatPercent, formatTime } from '../derived/wording.ts';
import { defineDetector } from './detector.ts';
import {
  costOf,
  draftHostStall,
  HOST_STALL_NEEDS,
  type StallCost,
  weighStall,
} from './host-stall-draft.ts';

export const allocatorChurn = defineDetector({
  id: 'allocator-churn',
  title: 'Device memory is allocated again in each step',
  needs: HOST_STALL_NEEDS,
  options: {
    callsPerStep: {
      default: 1,
      description:
        'How many calls that allocate or free device memory a typical step must make after the warm-up.',
      minimum: 0,
      maximum: 1e6,
    },
    infoPercent: {
      default: 1,
      description: 'Share of the step, in percent, that the GPU must idle for such calls.',
      minimum: 0,
      maximum: 100,
    },
    warningPercent: {
      default: 5,
      description: 'Share of the step, in percent, from which such calls are a warning.',
      minimum: 0,
      maximum: 100,
    },
    errorPercent: {
      default: 20,
      description: 'Share of the step, in percent, from which such calls are an error.',
      minimum: 0,
      maximum: 100,
    },
  },

  *detect(tables, options) {
    const cost = costOf('allocation', tables);
    if (cost === null || cost.callsPerStep < options.callsPerStep) {
      return;
    }
    const thresholds = {
      info: options.infoPercent,
      warning: options.warningPercent,
      error: options.errorPercent,
    };
    const weight = weighStall(cost, thresholds, Infinity);
    if (weight === null) {
      return;
    }
    yield {
      title: 'Device memory is allocated again in each step',
      pattern: 'inefficiency',
      layer: 'compute',
      ...weight,
      ...draftHostStall('allocation', cost, tables),
      why: explain(cost),
      advice: ADVICE,
    };
  },
});

const ADVICE = [
  {
    text: 'Let freed blocks fit again: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True, and batches of one size (pad, bucket, drop_last=True).',
    link: 'https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-cuda-alloc-conf',
  },
  {
    text: 'Do not empty the cache in the loop: torch.cuda.empty_cache() gives back what the next step asks for again.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.cuda.memory.empty_cache.html',
  },
  {
    text: 'Leave memory free: near the limit the allocator frees and retries in every step; torch.cuda.memory_stats() counts it as num_alloc_retries.',
    link: 'https://docs.pytorch.org/docs/stable/generated/torch.cuda.memory.memory_stats.html',
  },
];

function explain({ callsPerStep, lostNs, percent, worst }: StallCost): string {
  const { strings, spans } = worst.trace;
  const [first] = worst.tables.hostStalls.allocation.stretches.spans;
  return `A typical step calls ${strings[spans.name[first]]} and the like ${Math.round(callsPerStep)} times. Freeing waits for the GPU, and the GPU then idles until the host has launched again: ${formatTime(lostNs)} a step on average, ${formatPercent(percent)} of a typical one.`;
}
