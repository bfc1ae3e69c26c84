/** `71 %`; one decimal below 10, and `<0.1 %` for what is more than nothing. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.05) {
    return '<0.1\u00a0%';
  }
  return `${percent < 10 ? String(Number(percent.toFixed(1))) : percent.toFixed(0)}\u00a0%`;
}

/** `+41 %`, `−8 %`. */
export function formatSigned(percent: number): string {
  return `${percent < 0 ? '−' : '+'}${formatPercent(Math.abs(percent))}`;
}

/** Against another run: `▲ 12 %` is slower, `▼ 8 %` faster. */
export function formatChange(percent: number): string {
  return `${percent < 0 ? '▼' : '▲'}\u00a0${formatPercent(Math.abs(percent))}`;
}
