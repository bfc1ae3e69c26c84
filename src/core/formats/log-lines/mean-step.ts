import type { LogPart, LogTotal } from './log-dialect.ts';
import type { KeptStep } from './log-stream.ts';

const PHASES = {
  data: 'data',
  batch: 'none',
  forward: 'forward',
  backward: 'backward',
  optimizer: 'optimizer',
} as const;

/** One step of mean times from a table of totals; null where the table does not tell how long a batch takes. */
export function meanStep(totals: readonly LogTotal[]): KeptStep | null {
  const first = (action: LogTotal['action']): LogTotal | undefined =>
    totals.find((total) => total.action === action);
  const batch = first('batch') ?? first('forward');
  if (batch === undefined) {
    return null;
  }
  const meanMs = (total: LogTotal | undefined): number => (total?.totalMs ?? 0) / batch.calls;
  const [data, forward, backward, optimizer] = (
    ['data', 'forward', 'backward', 'optimizer'] as const
  ).map(first);
  // With automatic optimization the step of the optimizer calls the forward and the backward pass.
  const isAround =
    first('batch') !== undefined &&
    optimizer !== undefined &&
    meanMs(optimizer) >= meanMs(forward) + meanMs(backward);
  const ordered = isAround
    ? [data, optimizer, forward, backward]
    : [data, forward, backward, optimizer];
  const parts = ordered.flatMap((total): LogPart[] => {
    if (total === undefined) {
      return [];
    }
    const isInside = isAround && (total === forward || total === backward);
    const { name, action } = total;
    const part = { name, phase: PHASES[action], ms: meanMs(total) };
    return [isInside ? { ...part, inside: optimizer.name } : part];
  });
  const isWhole = first('batch') !== undefined;
  const rest = isWhole
    ? batch.totalMs / batch.calls
    : partsOf([forward, backward, optimizer], meanMs);
  return {
    number: 0,
    durationMs: meanMs(data) + rest,
    totalMs: null,
    endUs: null,
    isMean: false,
    numbers: [],
    parts,
    offset: -1,
  };
}

function partsOf(
  totals: readonly (LogTotal | undefined)[],
  meanMs: (total: LogTotal | undefined) => number,
): number {
  return totals.reduce((sum, total) => sum + meanMs(total), 0);
}
