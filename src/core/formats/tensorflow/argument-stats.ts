import { isRecord } from '../json/loose-values.ts';
import {
  NUMBER_BY_NAME,
  type NumberName,
  type StatSource,
  TEXT_BY_NAME,
  type TextName,
} from '../xplane/event-stats.ts';

/** The stats of an event as its arguments, where numbers are texts as well. To be filled again for the next. */
export class ArgumentStats implements StatSource {
  readonly #numbers = new Map<NumberName, number>();
  readonly #texts = new Map<TextName, string>();

  fill(args: unknown): void {
    this.#numbers.clear();
    this.#texts.clear();
    for (const [key, value] of isRecord(args) ? Object.entries(args) : []) {
      const number = NUMBER_BY_NAME.get(key);
      const text = TEXT_BY_NAME.get(key);
      if (number !== undefined && isDecimal(value)) {
        this.#numbers.set(number, Number(value));
      } else if (text !== undefined && typeof value === 'string') {
        this.#texts.set(text, value);
      }
    }
  }

  number(name: NumberName): number {
    return this.#numbers.get(name) ?? NaN;
  }

  text(name: TextName): string {
    return this.#texts.get(name) ?? '';
  }

  get texts(): string {
    return [...this.#texts].join('\n');
  }
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,15}$/.test(value));
}
