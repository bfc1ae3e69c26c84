/** A share for people: `38 %`, below ten with one decimal, `4.2 %`. */
export function formatPercent(percent: number): string {
  const digits = Math.abs(percent) < 9.95 && percent !== 0 ? 1 : 0;
  return `${percent.toFixed(digits)}\u00a0%`;
}
