import { isPlainText } from '../head.ts';
import { stampOf } from '../log-lines/log-line.ts';
import { LineSplitter } from '../log-lines/line-splitter.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { type LabelledValue, LabelledValues } from '../metric-files/labelled-values.ts';
import type { MetricClock } from '../../model/metrics.ts';

const METRIC =
  /(?:^|\s)(?<name>[A-Za-z_][\w./-]{0,200}):(?<value>[-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?)\|(?<type>c|g|ms|h|d|s|m)(?<rest>(?:\|[^|\s]{1,2000}){0,6})$/i;

/** Of the first lines, so many at least are such. */
const MIN_SHARE = 0.8;

/**
 * Lines as they are sent to statsd, one a line: `train.step_time:312|ms|#rank:3|T1656581400`.
 * https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export const statsd: MetricDialect = {
  id: 'statsd',
  title: 'statsd lines',

  isIt({ bytes }) {
    const lines = new TextDecoder('latin1').decode(bytes.subarray(0, 16_384)).split(/\r?\n/);
    const told = lines.slice(0, -1).filter((line) => line.trim() !== '');
    const known = told.filter((line) => METRIC.test(line));
    return isPlainText(bytes) && known.length > 1 && known.length >= MIN_SHARE * told.length;
  },

  open(builder) {
    const decoder = new TextDecoder();
    const values = new LabelledValues(builder);
    let clock: MetricClock = 'unix';
    const splitter = new LineSplitter((bytes, offset, isEnded) => {
      const line = decoder.decode(bytes).trimEnd();
      const match = METRIC.exec(line);
      const excerpt = bytes.subarray(0, 512);
      if (line === '') {
        return;
      }
      if (!isEnded) {
        builder.log.cut(offset, 'the last line is not whole', excerpt);
        return;
      }
      if (match === null) {
        builder.log.drop(offset, 'this line is no metric of statsd', excerpt);
        return;
      }
      builder.log.keep();
      const told = toldBy(line, match);
      clock = told.isOfWall ? 'wall' : clock;
      values.add(told);
    });
    return {
      push: (chunk) => splitter.push(chunk),
      finish: () => {
        splitter.finish();
        values.finish();
      },
      get clock() {
        return clock;
      },
    };
  },
};

function toldBy(
  line: string,
  { index, groups = {} }: RegExpExecArray,
): LabelledValue & { readonly isOfWall: boolean } {
  const { name = '', value, type, rest = '' } = groups as Groups;
  const stampUs = stampOf(line.slice(0, index));
  const sentS = /\|T(\d{9,12})(?:\||$)/.exec(rest)?.[1];
  return {
    name: type === 'ms' ? `${name} [ms]` : name,
    labels: tagsOf(rest),
    timeUs: sentS === undefined ? (stampUs ?? NaN) : 1e6 * Number(sentS),
    value: Number(value),
    isOfWall: sentS === undefined && stampUs !== null,
  };
}

type Groups = Readonly<Partial<Record<string, string>>>;

function tagsOf(rest: string): ReadonlyMap<string, string> {
  const tags = /\|#([^|]{0,2000})/.exec(rest)?.[1] ?? '';
  return new Map(
    tags
      .split(',')
      .map((tag) => [tag.split(':', 1)[0], tag.slice(tag.indexOf(':') + 1)] as const)
      .filter(([key]) => key !== ''),
  );
}
