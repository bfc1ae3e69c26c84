/** Undefined where there is no such member, or no dictionary. */
export function memberOf(value: unknown, key: string): unknown {
  if (value instanceof Map) {
    return value.get(key) as unknown;
  }
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

export function entriesOf(value: unknown): [string, unknown][] {
  const entries: Iterable<[unknown, unknown]> =
    value instanceof Map
      ? (value as Map<unknown, unknown>)
      : typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
        : [];
  return [...entries].map(([key, member]) => [textOf(key) ?? '', member]);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Of a text or a number; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : null;
}

/** NaN for what is no number. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : NaN;
}

/** Null for what is no whole number; JSON has lost the last digits of times in nanoseconds, some 100 of them. */
export function integerOf(value: unknown): bigint | null {
  return typeof value === 'bigint'
    ? value
    : typeof value === 'number' && Number.isInteger(value)
      ? BigInt(value)
      : null;
}
