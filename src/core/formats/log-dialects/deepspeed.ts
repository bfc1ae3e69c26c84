import { patternDialect, type PartRule } from '../log-lines/pattern-dialect.ts';

const TIMERS: ReadonlyMap<string, PartRule> = new Map([
  ['batch_input', { phase: 'data' }],
  ['fwd', { phase: 'forward' }],
  ['forward', { phase: 'forward' }],
  ['bwd', { phase: 'backward' }],
  ['backward', { phase: 'backward' }],
  ['bwd_allreduce', { phase: 'communication', inside: 'bwd' }],
  ['step', { phase: 'optimizer' }],
]);

const PARTS = [
  {
    marker: /(?:^|[\s\]])time \(ms\) \|/,
    field: /\|\s?(?<key>[a-z]\w{0,60}): (?<value>[\d.]{1,24})(?=\s|$)/g,
    parts: TIMERS,
  },
];

/**
 * `epoch=0/micro_step=20/global_step=10, RunningAvgSamplesPerSec=46.98, …`, whose time stamps tell the steps.
 * https://github.com/deepspeedai/DeepSpeed/blob/master/deepspeed/utils/timer.py, `ThroughputTimer`
 */
export const deepspeed = patternDialect({
  id: 'deepspeed',
  hint: String.raw`global_step=|time \(ms\) \|`,
  step: {
    marker: /micro_step=\d{1,12}\/global_step=(?<step>\d{1,12}),/,
    field: /(?<key>[A-Za-z]\w{0,40})=(?<value>[\d.,]{0,23}\d)(?<unit>[KMGT]?B?)(?=,|\s|$)/g,
    isMean: true,
    ignored: ['global_step'],
  },
  parts: PARTS,
});

/**
 * `steps: 10 loss: 6.5 iter time (s): 0.512 samples/sec: 250.1`
 * https://github.com/deepspeedai/DeepSpeed/blob/master/deepspeed/runtime/pipe/engine.py, `train_batch`
 */
export const deepspeedPipeline = patternDialect({
  id: 'deepspeed-pipeline',
  hint: String.raw`iter time \(s\)|time \(ms\) \|`,
  step: {
    marker: /(?:^|\s)steps: (?<step>\d{1,12}) loss: /,
    field:
      /(?<key>loss|iter time \(s\)|samples\/sec):\s{1,9}(?<value>[\d.,]{0,23}\d(?:e[-+]?\d{1,3})?)(?=\s|$)/g,
    duration: new Map([['iter time (s)', 's']]),
    isMean: true,
  },
  parts: PARTS,
});
