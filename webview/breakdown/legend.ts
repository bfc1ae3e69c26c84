import { h } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { paintGround, percentText, timeOf } from './bars.ts';
import type { Split } from './split.ts';
import { tenthsOf } from './tenths.ts';

/** Of what is divided; smaller parts are told together, and one by one in the table. */
const MIN_PERCENT = 0.5;

/** The colors with the numbers of the run, and their sum. */
export function renderLegend({ kind, parts, run }: Split): HTMLElement {
  const tenths = tenthsOf(run.shares);
  const all = parts.map((_, i) => i).filter((i) => run.shares[i] > 0);
  const small = all.filter((i) => tenths[i] < MIN_PERCENT);
  const own = small.length < 2 ? all : all.filter((i) => tenths[i] >= MIN_PERCENT);
  const sumOf = (read: (i: number) => number) => small.reduce((sum, i) => sum + read(i), 0);
  const whole = kind === 'causes' ? 'idle time of a step' : 'a step';
  return h(
    'table',
    { class: 'breakdown-legend' },
    h('caption', { class: 'only-read' }, `Of ${whole}, all ranks`),
    h(
      'tbody',
      {},
      ...own.map((i) => {
        const swatch = h('span', { class: 'swatch' });
        paintGround(swatch, parts[i]);
        return renderRow(
          h('span', {}, swatch, ` ${parts[i].name}`),
          percentText(tenths[i]),
          formatDuration(timeOf(run, i)),
        );
      }),
      own.length === all.length
        ? null
        : renderRow(
            h('span', {}, formatCount(small.length, 'smaller part')),
            percentText(sumOf((i) => tenths[i])),
            formatDuration(sumOf((i) => timeOf(run, i))),
          ),
    ),
    h(
      'tfoot',
      {},
      renderRow(
        h('span', {}, whole),
        percentText(100),
        formatDuration((run.stepNs * run.wholePercent) / 100),
      ),
    ),
  );
}

function renderRow(name: HTMLElement, share: string, time: string): HTMLElement {
  return h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, share), h('td', {}, time));
}
