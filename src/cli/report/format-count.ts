/** A number with its noun: `1,024 steps`. */
export function formatCount(n: number, noun: string): string {
  return `${formatWhole(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** A whole number for people: `1,024`. */
export function formatWhole(n: number): string {
  return n.toLocaleString('en-US');
}
