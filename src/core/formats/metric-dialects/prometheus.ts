import { isPlainText } from '../head.ts';
import { LineSplitter } from '../log-lines/line-splitter.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { LabelledValues } from '../metric-files/labelled-values.ts';

const SAMPLE =
  /^(?<name>[a-zA-Z_:][\w:]{0,200})(?:\{(?<labels>.{0,8000}?)\})?[ \t]{1,8}(?<value>[-+]?(?:\d[\d.]{0,30}(?:e[-+]?\d{1,3})?|inf|nan))(?:[ \t]{1,8}(?<time>-?[\d.]{1,24}))?[ \t]{0,8}(?:#.{0,8000})?$/i;

const COMMENT = /^# (?:TYPE|HELP|UNIT) [a-zA-Z_:][\w:]{0,200}/m;

/** `le` and `quantile` cut a distribution into many series of which no counter tells anything. */
const BUCKET = /_bucket$/;

/**
 * The text of one scrape or several, of Prometheus or OpenMetrics.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const prometheus: MetricDialect = {
  id: 'prometheus',
  title: 'Prometheus text',

  isIt({ bytes }) {
    const text = new TextDecoder('latin1').decode(bytes);
    return (
      isPlainText(bytes) && COMMENT.test(text) && text.split('\n').some((line) => SAMPLE.test(line))
    );
  },

  open(builder) {
    const decoder = new TextDecoder();
    const values = new LabelledValues(builder);
    const splitter = new LineSplitter((bytes, offset, isEnded) => {
      const line = decoder.decode(bytes).trimEnd();
      if (line === '' || line.startsWith('#')) {
        return;
      }
      const excerpt = bytes.subarray(0, 512);
      const { name, labels = '', value, time } = (SAMPLE.exec(line)?.groups ?? {}) as Groups;
      if (!isEnded) {
        builder.log.cut(offset, 'the last line is not whole', excerpt);
      } else if (name === undefined || value === undefined) {
        builder.log.drop(offset, 'this line is no sample', excerpt);
      } else {
        builder.log.keep();
        if (!BUCKET.test(name)) {
          values.add({
            name,
            labels: labelsOf(labels),
            timeUs: timeOf(time),
            value: Number(value),
          });
        }
      }
    });
    return {
      push: (chunk) => splitter.push(chunk),
      finish: () => {
        splitter.finish();
        values.finish();
      },
      clock: 'unix',
    };
  },
};

type Groups = Readonly<Partial<Record<string, string>>>;

function labelsOf(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [, key, value] of text.matchAll(/([a-zA-Z_]\w{0,100})="((?:[^"\\]|\\.){0,1000})"/g)) {
    labels.set(
      key,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
  }
  return labels;
}

/** Milliseconds in Prometheus, seconds in OpenMetrics. */
function timeOf(text: string | undefined): number {
  const time = text === undefined ? NaN : Number(text);
  return time * (Math.abs(time) < 1e11 ? 1e6 : 1e3);
}
