import type { LogDialect, LogTotal } from '../log-lines/log-dialect.ts';
import { logNumber } from '../log-lines/log-number.ts';

/** `|  run_training_batch  |  0.0023  |  1000  |  2.3  |  81.2  |` */
const ROW =
  /^\s{0,8}\|?\s{0,8}(?<name>[[\]\w.() <>-]{1,160}?)\s{0,160}\|\s{0,40}(?<mean>[\d.e+-]{1,24})\s{0,40}\|\s{0,40}(?<calls>\d{1,12})\s{0,40}\|\s{0,40}(?<total>[\d.e+-]{1,24})\s{0,40}\|\s{0,40}[\d.e+-]{1,24}\s{0,4}%?\s{0,40}\|?\s{0,40}$/;

const ACTIONS: readonly (readonly [RegExp, LogTotal['action']])[] = [
  [/train_dataloader_next$|^get_train_batch$/, 'data'],
  [/run_training_batch$/, 'batch'],
  [/\.training_step$|^training_step$|^model_forward$/, 'forward'],
  [/\.backward$|^backward$|^model_backward$/, 'backward'],
  [/\.optimizer_step$|optimizer_step_with_closure|^optimizer_step/, 'optimizer'],
];

/**
 * The table of Lightning's `SimpleProfiler`: what each action of the loop took in all.
 * https://lightning.ai/docs/pytorch/stable/tuning/profiler_basic.html
 */
export const lightning: LogDialect = {
  id: 'lightning',
  hint: String.raw`\|\s`,
  isOfJob: false,
  isClosed: false,
  stepIs: 'the mean of all batches: the table of the profiler has no single ones',
  read({ text }) {
    const row = text.includes('|') ? ROW.exec(text)?.groups : undefined;
    const name = row?.['name'].trim() ?? '';
    const action = ACTIONS.find(([expression]) => expression.test(name))?.[1];
    if (row === undefined || action === undefined) {
      return null;
    }
    const totalMs = 1e3 * logNumber(row['total']);
    const calls = Number(row['calls']);
    return totalMs > 0 && totalMs < 1e12 && calls > 0
      ? { kind: 'total', action, name, totalMs, calls }
      : 'this row has no time or no calls';
  },
};
