import type { MetricsBuilder } from './metrics-builder.ts';

export interface LabelledValue {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** NaN where none is told. */
  readonly timeUs: number;
  readonly value: number;
}

const RANK = /^(?:global_?)?rank$/i;

/** More are not kept until the end, which names need. */
const MAX_VALUES = 1_000_000;

/** Names series by those of their labels that tell them from others of the same rank; rank labels say whose they are. */
export class LabelledValues {
  readonly #values: LabelledValue[] = [];

  constructor(private readonly builder: MetricsBuilder) {}

  add(value: LabelledValue): void {
    if (this.#values.length < MAX_VALUES) {
      this.#values.push(value);
    }
  }

  finish(): void {
    const telling = tellingLabels(this.#values);
    for (const { name, labels, timeUs, value } of this.#values) {
      const kept = [...labels].filter(([key]) => telling.get(name)?.has(key) === true);
      const suffix = kept.map(([key, label]) => `${key}=${label}`).join(', ');
      const series = this.builder.series(
        suffix === '' ? name : `${name} {${suffix}}`,
        rankOf(labels),
      );
      this.builder.add(series, { timeUs, step: NaN }, value);
    }
    this.#values.length = 0;
  }
}

function rankOf(labels: ReadonlyMap<string, string>): number | null {
  for (const [key, value] of labels) {
    if (RANK.test(key) && /^\d{1,7}$/.test(value)) {
      return Number(value);
    }
  }
  return null;
}

/** By name: the labels that have several values within one rank. */
function tellingLabels(values: readonly LabelledValue[]): ReadonlyMap<string, ReadonlySet<string>> {
  const first = new Map<string, string>();
  const telling = new Map<string, Set<string>>();
  for (const { name, labels } of values) {
    const rank = rankOf(labels) ?? '';
    for (const [key, value] of labels) {
      const place = `${name}\n${rank}\n${key}`;
      const known = first.get(place);
      if (known === undefined) {
        first.set(place, value);
      } else if (known !== value && !RANK.test(key)) {
        telling.set(name, (telling.get(name) ?? new Set()).add(key));
      }
    }
  }
  return telling;
}
