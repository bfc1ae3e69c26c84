import { patternDialect } from '../log-lines/pattern-dialect.ts';

/**
 * `step: 10  loss: 4.98934  memory: 168.57GiB(94.52%)  tps: 9,982  mfu: 37.38%`, whose time stamps tell the steps.
 * https://github.com/pytorch/torchtitan/blob/main/torchtitan/components/metrics.py, `MetricsProcessor.log`
 */
export const torchtitan = patternDialect({
  id: 'torchtitan',
  hint: 'step:|Training starts at',
  step: {
    marker: /(?:^|\s)step:\s{1,12}(?<step>\d{1,12})\s{1,12}loss:/,
    field:
      /(?<key>[A-Za-z_]\w{0,40}):\s{1,12}(?<value>-?[\d.,]{0,23}\d(?:e[-+]?\d{1,3})?)(?<unit>%|[KMGT]iB)?(?=[\s(]|$)/g,
    isMean: true,
    ignored: ['step'],
  },
  start: /(?:^|\s)Training starts at step (?<step>\d{1,12})/,
});
