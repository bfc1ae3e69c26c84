import { CLOSE_BRACE, COLON, COMMA, IS_BLANK, QUOTE } from '../json/bytes.ts';
import { readNumber } from '../json/numbers.ts';
import type { ObjectScanner } from '../json/object-scanner.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { FIELD } from './event-layout.ts';
import type { FieldReader } from '../json/field-reader.ts';

/** The key that stands for the counter itself. */
const PLAIN_KEY = 'value';

/** Arguments of an instant named `[memory]`. */
const MEMORY_TOTALS = [
  ['Total Allocated', 'memory allocated'],
  ['Total Reserved', 'memory reserved'],
] as const;

/** Events of phase `C`: each number among the arguments is a value of a series of its own. */
export class EventCounters {
  readonly #seriesByNames = new Map<number, number>();

  constructor(private readonly builder: TraceBuilder) {}

  read(scanner: ObjectScanner, fields: FieldReader, time: number): void {
    const name = fields.string(FIELD.name, this.builder.labels);
    this.#forEachNumber(scanner, (key, value) =>
      this.builder.counters.push(time, this.#series(name, key), value),
    );
  }

  /** What PyTorch's allocator held after an allocation; older profilers do not tell. */
  readMemory(scanner: ObjectScanner, time: number): void {
    const { labels, strings, counters } = this.builder;
    const known = new Map<string, number>();
    this.#forEachNumber(scanner, (key, value) => known.set(labels.text(key), value));
    const device = known.get('Device Type') === 0 ? 'CPU' : `GPU ${known.get('Device Id') ?? ''}`;
    for (const [key, words] of MEMORY_TOTALS) {
      const value = known.get(key);
      if (value !== undefined) {
        counters.push(time, strings.internText(`${words}, ${device}`), value);
      }
    }
  }

  #forEachNumber(scanner: ObjectScanner, visit: (key: number, value: number) => void): void {
    const start = scanner.starts[FIELD.arguments];
    const end = scanner.ends[FIELD.arguments];
    const { bytes } = scanner;
    let p = start + 1;
    while (start !== 0 && p < end) {
      while (IS_BLANK[bytes[p]] === 1 || bytes[p] === COMMA) {
        p++;
      }
      if (bytes[p] === CLOSE_BRACE || bytes[p] !== QUOTE) {
        return;
      }
      const keyEnd = scanner.skipString(p + 1);
      let valueStart = keyEnd;
      while (IS_BLANK[bytes[valueStart]] === 1 || bytes[valueStart] === COLON) {
        valueStart++;
      }
      const valueEnd = scanner.skipValue(valueStart);
      const value = readNumber(bytes, valueStart, valueEnd);
      if (Number.isFinite(value)) {
        visit(this.builder.labels.intern(bytes, p + 1, keyEnd - 1), value);
      }
      p = valueEnd;
    }
  }

  #series(name: number, key: number): number {
    const names = name * 0x2000000 + key;
    let series = this.#seriesByNames.get(names);
    if (series === undefined) {
      const { labels, strings } = this.builder;
      const keyText = labels.text(key);
      const nameText = labels.text(name);
      series = strings.internText(keyText === PLAIN_KEY ? nameText : `${nameText} ${keyText}`);
      this.#seriesByNames.set(names, series);
    }
    return series;
  }
}
