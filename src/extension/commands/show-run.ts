import type { Services } from '../services.ts';
import { runArgs } from './link-args.ts';
import { readLinkedFinding } from './linked-finding.ts';

/** Opens the editor of a run that is known. */
export async function showRun({ store, editor }: Services, ...args: unknown[]): Promise<void> {
  const [runId, rank] = runArgs.parse(args.slice(0, 2));
  const run = store.find(runId);
  if (run !== null) {
    await editor.open(run, { rank: rank ?? null, finding: null });
  }
}

/** Opens the editor of a run with the evidence of a finding in view. */
export async function showFinding({ store, editor }: Services, ...args: unknown[]): Promise<void> {
  const linked = readLinkedFinding(store, args);
  if (linked !== null) {
    const { run, finding } = linked;
    const rank = finding.evidence.at(0)?.rank ?? finding.ranks.at(0) ?? null;
    await editor.open(run, { rank, finding });
  }
}
