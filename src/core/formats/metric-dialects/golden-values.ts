import { isRecord, numberOrNull, parseJson } from '../json/loose-values.ts';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';

/** Larger files are none: they hold a few values a metric. */
const MAX_BYTES = 16 << 20;

const BEGINNING = /^\s{0,64}\{\s{0,64}"[^"]{1,80}"\s{0,64}:\s{0,64}\{\s{0,64}"start_step"\s{0,64}:/;

/**
 * What tests of Megatron compare runs with: metrics by step in one JSON object.
 * https://github.com/NVIDIA/Megatron-LM/tree/main/tests/functional_tests
 */
export const goldenValues: MetricDialect = {
  id: 'golden-values',
  title: 'golden values of Megatron',

  isIt({ bytes }) {
    return BEGINNING.test(new TextDecoder('latin1').decode(bytes.subarray(0, 1_024)));
  },

  open(builder) {
    const chunks: Uint8Array[] = [];
    let length = 0;
    return {
      push(chunk) {
        length += chunk.length;
        if (length <= MAX_BYTES) {
          chunks.push(chunk.slice());
        }
      },
      finish() {
        const bytes = new Uint8Array(Math.min(length, MAX_BYTES));
        let at = 0;
        for (const chunk of chunks) {
          bytes.set(chunk, at);
          at += chunk.length;
        }
        const value = length > MAX_BYTES ? undefined : parseJson(bytes);
        if (!isRecord(value)) {
          const reason =
            length > MAX_BYTES ? 'the file is too large for such values' : 'the file is not whole';
          builder.log.cut(0, reason, bytes.subarray(0, 512));
          return;
        }
        for (const [name, metric] of Object.entries(value)) {
          addMetric(name, metric);
        }
      },
      clock: 'start',
    };

    function addMetric(name: string, metric: unknown): void {
      const values = isRecord(metric) ? metric['values'] : undefined;
      if (!isRecord(values)) {
        builder.log.drop(0, `${name.slice(0, 80)} has no values`, new Uint8Array(0));
        return;
      }
      const series = builder.series(name);
      for (const [key, value] of Object.entries(values)) {
        const step = Number(key);
        const number = numberOrNull(value);
        const isTaken = Number.isInteger(step) && step >= 0 && number !== null;
        if (isTaken && builder.add(series, { timeUs: NaN, step }, number)) {
          builder.log.keep();
        } else {
          builder.log.drop(
            0,
            `${name.slice(0, 80)} has no number at step ${key.slice(0, 20)}`,
            new Uint8Array(0),
          );
        }
      }
    }
  },
};
