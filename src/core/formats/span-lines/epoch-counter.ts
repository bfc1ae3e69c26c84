import type { EpochRecord } from '../../model/trace.ts';

/** More are no epochs. */
const MAX_EPOCHS = 10_000;

/** Counts the step records of a span file by the epoch that they tell. */
export class EpochCounter {
  readonly #records = new Map<number | null, { steps: number; samples: number | null }>();

  /** NaN is a number that the record does not tell. */
  add(epoch: number, samples: number): void {
    const key = Number.isFinite(epoch) ? epoch : null;
    const record = this.#records.get(key);
    const told = samples >= 0 && samples < Infinity ? samples : null;
    if (record !== undefined) {
      record.steps += 1;
      record.samples = record.samples === null || told === null ? null : record.samples + told;
    } else if (this.#records.size < MAX_EPOCHS) {
      this.#records.set(key, { steps: 1, samples: told });
    }
  }

  records(): readonly EpochRecord[] {
    return [...this.#records].map(([epoch, record]) => ({ epoch, ...record }));
  }
}
