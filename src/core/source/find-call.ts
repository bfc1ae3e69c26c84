import type { CallClue } from '../model/source-candidate.ts';
import { CallOrder, type Candidates } from './call-order.ts';
import type { CodeCall, CodeFunction } from '../model/code-unit.ts';
import { type FileNames, fitOf, NAMED } from './match-call.ts';

/** How sure a line is: `sure` only where exactly one call fits. */
export type Certainty = 'sure' | 'likely';

export interface FoundCalls {
  /** In the order of the code; all fit equally well. */
  readonly calls: readonly CodeCall[];
  readonly certainty: Certainty;
}

/** The calls of a function that a clue can mean. */
export function findCalls(of: CodeFunction, clue: CallClue, file: FileNames): FoundCalls {
  const { calls } = of;
  const own = candidatesFor(calls, clue.names, file);
  const isNamed = own.fit >= NAMED;
  if (own.at.length <= 1) {
    return { calls: own.at.map((at) => calls[at]), certainty: isNamed ? 'sure' : 'likely' };
  }
  const events = [...clue.before, null, ...clue.after].map((name) =>
    name === null ? own : candidatesFor(calls, [name], file),
  );
  const order = new CallOrder(calls, events, clue.before.length);
  const best = distinctLines(order.best().map((at) => calls[at]));
  return { calls: best, certainty: isNamed && order.isOnly(best) ? 'sure' : 'likely' };
}

/** The calls that fit best one of the names, which are tried in turn: what is wrapped tells more than its wrapper. */
function candidatesFor(
  calls: readonly CodeCall[],
  names: readonly string[],
  file: FileNames,
): Candidates {
  let found: Candidates = { at: [], fit: 0 };
  for (const name of names) {
    const fits = calls.map((call) => fitOf(call, name, file));
    const fit = fits.reduce((a, b) => Math.max(a, b), 0);
    if (fit > found.fit) {
      found = { at: fits.flatMap((value, at) => (value === fit ? [at] : [])), fit };
    }
  }
  return found;
}

function distinctLines(calls: readonly CodeCall[]): CodeCall[] {
  return calls.filter(({ line }, i) => calls.findIndex((other) => other.line === line) === i);
}
