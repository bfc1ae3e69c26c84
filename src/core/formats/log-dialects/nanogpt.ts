import { patternDialect } from '../log-lines/pattern-dialect.ts';

/** `iter 100: loss 2.1034, time 135.20ms, mfu 12.34%` of nanoGPT and what is derived from it. */
export const nanogpt = patternDialect({
  id: 'nanogpt',
  hint: String.raw`iter\s`,
  step: {
    marker: /(?:^|\s)iter\s{1,8}(?<step>\d{1,12}): (?:train )?loss/,
    field:
      /(?<key>[A-Za-z_][\w/]{0,30}):?\s{1,4}(?<value>-?[\d.]{0,23}\d(?:e[-+]?\d{1,3})?)(?<unit>ms|s|%)?(?=,|\s|$)/g,
    duration: new Map([
      ['time', 'ms'],
      ['dt', 'ms'],
    ]),
    isMean: false,
    ignored: ['iter'],
  },
});

/** `step:1/2160 train_time:110ms step_avg:110.33ms` of the modded-nanogpt speed runs. */
export const moddedNanogpt = patternDialect({
  id: 'modded-nanogpt',
  hint: 'train_time:',
  step: {
    marker: /(?:^|\s)step:(?<step>\d{1,12})\/\d{1,12}\s.{0,200}?train_time:/,
    field:
      /(?<key>[A-Za-z_]\w{0,30}):(?<value>-?[\d.]{0,23}\d(?:e[-+]?\d{1,3})?)(?<unit>ms|s)?(?=\s|$)/g,
    total: new Map([['train_time', 'ms']]),
    isMean: true,
    ignored: ['step', 'step_avg'],
  },
});

/** `step 1/19560 | train loss 10.9 | 3056.36 ms | 171541 tok/s` of llm.c, `step 0 | loss: 10.9 | dt: 338.2ms` of build-nanogpt. */
export const llmc = patternDialect({
  id: 'llm.c',
  hint: String.raw`step\s`,
  step: {
    marker: /(?:^|\s)step\s{1,12}(?<step>\d{1,12})(?:\/\d{1,12})?\s\|/,
    field:
      /\|\s{1,4}(?:(?<key>[A-Za-z][A-Za-z_ /]{0,30}?):?\s{1,4})?(?<value>-?[\d.,]{0,23}\d(?:e[-+]?\d{1,3})?)\s?(?<unit>ms|tok\/s|%)?(?=\s|$)/g,
    duration: new Map([
      ['ms', 'ms'],
      ['dt', 'ms'],
      ['time', 'ms'],
    ]),
    isMean: false,
    ignored: ['%'],
  },
});
