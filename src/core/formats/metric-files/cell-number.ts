const NUMBER =
  /^\s{0,8}([-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:e[-+]?\d{1,3})?)\s{0,4}(%|[A-Za-z]{1,3}(?:\/s)?)?\s{0,8}$/i;

/** A number, or text of one with or without its unit (`56 %`, `1024 MiB`); NaN for all else. */
export function cellNumber(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  const match = typeof value === 'string' && value.length <= 80 ? NUMBER.exec(value) : null;
  return match === null ? NaN : Number(match[1]);
}
