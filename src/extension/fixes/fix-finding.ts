import { readLinkedFinding } from '../commands/linked-finding.ts';
import type { Services } from '../services.ts';
import { chooseFix } from './choose-fix.ts';

/** Offers the fixes of one finding; behind links. */
export async function fixFinding({ store, fixes }: Services, ...args: unknown[]): Promise<void> {
  const linked = readLinkedFinding(store, args);
  if (linked !== null) {
    await chooseFix(fixes, linked.run, linked.finding);
  }
}
