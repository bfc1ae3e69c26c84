import { patternDialect, type PartRule } from '../log-lines/pattern-dialect.ts';

const DATA: PartRule = { phase: 'data' };

/**
 * Lines of an epoch with the time of a batch and of its loading, seconds: the examples and references of PyTorch
 * (`Epoch: [0][10/5005] Time 0.123 ( 0.456) Data 0.012 ( 0.045)`), timm (`Train: 0 [50/1251 ( 4%)]`) and MMEngine.
 */
export const meters = patternDialect({
  id: 'meters',
  hint: 'Epoch|Train',
  step: {
    marker:
      /(?:^|\s)(?:Epoch|Train|Epoch\(train\)):?\s{0,4}\[?\s{0,4}(?<epoch>\d{1,7})\]?:?\s{0,4}\[\s{0,9}(?<step>\d{1,9})\s?\/\s{0,9}(?<total>\d{1,9})[\s\](]/,
    field:
      /(?<=\s|^)(?<key>[A-Za-z][\w@/]{0,30}):?\s{1,9}(?<value>-?[\d.]{0,23}\d(?:e[-+]?\d{1,3})?)(?<unit>ms|s)?(?=,|\s|$)/g,
    duration: new Map([
      ['Time', 's'],
      ['time', 's'],
    ]),
    isMean: false,
    parts: new Map([
      ['Data', DATA],
      ['data', DATA],
      ['data_time', DATA],
    ]),
    partUnit: 's',
    ignored: ['Epoch', 'Train', 'eta'],
  },
});
