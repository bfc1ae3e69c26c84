import type { Phase } from '../model/phase.ts';

/** By detector, what its findings are about; of others it depends on the run. */
const PHASES_OF_FINDINGS: ReadonlyMap<string, Phase> = new Map<string, Phase>([
  ['data-stall', 'data'],
  ['data-tail', 'data'],
  ['data-slow-stage', 'data'],
  ['data-single-worker', 'data'],
  ['data-duplicated', 'data'],
  ['copy-pageable', 'h2d'],
  ['precision', 'forward'],
  ['recompute-jit', 'forward'],
  ['sync-every-microbatch', 'backward'],
  ['checkpoint-stall', 'checkpoint'],
  ['logging-stall', 'logging'],
  ['validation-stall', 'validation'],
]);

/** The phase at whose line a finding belongs that the trace gives no line; null where none is sure. */
export function phaseOfFinding(id: string): Phase | null {
  return PHASES_OF_FINDINGS.get(id) ?? null;
}
