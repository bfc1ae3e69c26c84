import { isPlainText } from '../head.ts';
import { LineSplitter } from '../log-lines/line-splitter.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { metricNameOf } from '../metric-files/row-reader.ts';

const LINE =
  /^(?<ms>\d{13}) (?<value>[-+]?(?:\d[\d.]{0,30}(?:e[-+]?\d{1,3})?|nan|inf|infinity))(?: (?<step>-?\d{1,12}))?$/i;

/**
 * One metric of an MLflow run, as the file store writes it: `timestamp value step`, called as its file is.
 * https://github.com/mlflow/mlflow/blob/master/mlflow/store/tracking/file_store.py, `_log_run_metric`
 */
export const mlflow: MetricDialect = {
  id: 'mlflow',
  title: 'MLflow metric',

  isIt({ bytes, isWhole }) {
    const lines = new TextDecoder('latin1').decode(bytes.subarray(0, 4_096)).split(/\r?\n/);
    const told = (isWhole && bytes.length <= 4_096 ? lines : lines.slice(0, -1)).filter(
      (line) => line !== '',
    );
    return isPlainText(bytes) && told.length > 0 && told.every((line) => LINE.test(line));
  },

  open(builder, { name: path }) {
    const decoder = new TextDecoder('latin1');
    const series = builder.series(nameIn(path));
    const splitter = new LineSplitter((bytes, offset, isEnded) => {
      const text = decoder.decode(bytes).trimEnd();
      const { ms, value, step } = (LINE.exec(text)?.groups ?? {}) as Groups;
      if (text === '') {
        return;
      }
      if (!isEnded) {
        builder.log.cut(offset, 'the last line is not whole', bytes.subarray(0, 512));
      } else if (ms === undefined) {
        builder.log.drop(offset, 'this line is no value of a metric', bytes.subarray(0, 512));
      } else {
        builder.log.keep();
        const number = step === undefined ? NaN : Number(step);
        builder.add(
          series,
          { timeUs: 1e3 * Number(ms), step: number >= 0 ? number : NaN },
          Number(value),
        );
      }
    });
    return {
      push: (chunk) => splitter.push(chunk),
      finish: () => splitter.finish(),
      clock: 'unix',
    };
  },
};

type Groups = Readonly<Partial<Record<string, string>>>;

/** `…/metrics/train/loss` is `train/loss`. */
function nameIn(path: string): string {
  const parts = path.split(/[\\/]/);
  const folder = parts.lastIndexOf('metrics');
  return folder >= 0 && folder < parts.length - 1
    ? parts.slice(folder + 1).join('/')
    : metricNameOf(path);
}
