import { loosenJson } from './loosen-json.ts';

/** What is nearly JSON is mended only up to this length. */
const MAX_LOOSE_CHARACTERS = 1 << 20;

/** The value of a small piece of text that is JSON, or nearly; undefined if it is neither. */
export function parseJson(bytes: Uint8Array | null): unknown {
  if (bytes === null) {
    return undefined;
  }
  const text = new TextDecoder().decode(bytes);
  const value = parseStrictly(text);
  return value === undefined && text.length <= MAX_LOOSE_CHARACTERS
    ? parseStrictly(loosenJson(text))
    : value;
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
