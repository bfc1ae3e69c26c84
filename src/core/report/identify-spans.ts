import { UserCalls } from '../derived/user-calls.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { type CallSlot, findCallSlots } from './call-slots.ts';
import { identifyCall, type LineIdentity } from './line-identity.ts';

/** The call in a user's function that a span of the main lane is; null where it is none. */
export function identifyCalls(
  trace: Trace,
  mainLane: LaneIndex,
  steps: Steps,
): (span: SpanIndex) => LineIdentity | null {
  const calls = new UserCalls(trace);
  const slots = findCallSlots(trace, calls, mainLane, steps);
  const bySlot = new Map<CallSlot, LineIdentity | null>();
  return (span) => {
    const slot = slots.get(span);
    if (slot === undefined) {
      return null;
    }
    let identity = bySlot.get(slot);
    if (identity === undefined) {
      identity = identifyCall(trace, calls, slot);
      bySlot.set(slot, identity);
    }
    return identity;
  };
}
