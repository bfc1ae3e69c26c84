/** The members of a JSON object, or of the object that a text holds; null where it is none. */
export function textToRecord(value: unknown): ReadonlyMap<string, unknown> | null {
  const parsed = typeof value === 'string' ? parse(value) : value;
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? new Map(Object.entries(parsed))
    : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
