import { patternDialect, type PartRule } from '../log-lines/pattern-dialect.ts';

const COMMUNICATION: PartRule = { phase: 'communication' };

/** Timers as they follow each other; those that are parts of others are left out, but for the loader. */
const TIMERS: ReadonlyMap<string, PartRule> = new Map([
  ['forward-compute', { phase: 'forward' }],
  ['batch-generator', { phase: 'data', inside: 'forward-compute' }],
  ['forward-recv', COMMUNICATION],
  ['forward-send', COMMUNICATION],
  ['forward-send-forward-recv', COMMUNICATION],
  ['forward-send-backward-recv', COMMUNICATION],
  ['backward-compute', { phase: 'backward' }],
  ['backward-recv', COMMUNICATION],
  ['backward-send', COMMUNICATION],
  ['backward-send-forward-recv', COMMUNICATION],
  ['backward-send-backward-recv', COMMUNICATION],
  ['backward-params-all-reduce', COMMUNICATION],
  ['backward-layernorm-all-reduce', COMMUNICATION],
  ['backward-embedding-all-reduce', COMMUNICATION],
  ['layernorm-grads-all-reduce', COMMUNICATION],
  ['embedding-grads-all-reduce', COMMUNICATION],
  ['all-grads-sync', COMMUNICATION],
  ['grads-all-reduce', COMMUNICATION],
  ['grads-reduce-scatter', COMMUNICATION],
  ['params-all-gather', COMMUNICATION],
  ['optimizer', { phase: 'optimizer' }],
]);

/**
 * `iteration 1/ 1000 | elapsed time per iteration (ms): 155483.8 | …`, and the timers after it.
 * https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/training/training.py, `training_log`
 */
export const megatron = patternDialect({
  id: 'megatron',
  hint: String.raw`iteration\s|time \(ms\) \||\.\.: `,
  step: {
    marker: /(?:^|[\s\]])iteration\s{1,20}(?<step>\d{1,12})\s?\/\s{0,20}\d{1,12}\s?\|/,
    field: /(?<key>[A-Za-z][^|:]{0,79}):\s{0,20}(?<value>[-+\w.,]{1,40})(?<unit>%?)(?=\s{0,20}\|)/g,
    duration: new Map([['elapsed time per iteration (ms)', 'ms']]),
    isMean: true,
  },
  parts: [
    {
      marker: /(?:^|[\s\]])time \(ms\) \|/,
      field: /\|\s?(?<key>[a-z][\w/-]{0,60}): (?<value>[\d.]{1,24})(?=\s|$)/g,
      parts: TIMERS,
    },
    {
      marker: /^\s{1,12}[a-z][a-z-]{2,60} \.{2,80}: \(?\d/,
      field:
        /^\s{1,12}(?<key>[a-z][a-z-]{2,60}) \.{2,80}: \(?(?:[\d.]{1,24}, )?(?<value>[\d.]{1,24})\)?\s{0,9}$/g,
      parts: TIMERS,
    },
  ],
});
