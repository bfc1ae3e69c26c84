/** More keys, or longer values, are data rather than a configuration. */
const MAX_KEYS = 256;
const MAX_VALUE_LENGTH = 1_000;

/** The members of a configuration, each value as text; null where there are none. */
export function configTexts(value: unknown): ReadonlyMap<string, string> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return null;
  }
  const entries = Object.entries(value)
    .slice(0, MAX_KEYS)
    .map(([key, member]) => [key.slice(0, MAX_VALUE_LENGTH), textOf(member)] as const);
  return entries.length === 0 ? null : new Map(entries);
}

function textOf(member: unknown): string {
  const text = typeof member === 'string' ? member : jsonOf(member);
  return text.slice(0, MAX_VALUE_LENGTH);
}

/** A value may be nested deeper than can be written. */
function jsonOf(member: unknown): string {
  try {
    return JSON.stringify(member);
  } catch {
    return '…';
  }
}
