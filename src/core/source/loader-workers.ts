import type { SyntaxNode } from '@lezer/common';
import { argumentOf } from './edit-call.ts';
import { dottedNames, type PythonCode } from './python-code.ts';

/** The position of `num_workers` among the arguments of `DataLoader`. */
export const NUM_WORKERS_POSITION = 5;

/**
 * Whether a loader has workers, as Python: `True` where the call says how many, `args.workers > 0` where that is
 * known only when it runs. Null where it has none, or what it is given is no plain name.
 */
export function hasWorkers(loader: SyntaxNode, code: PythonCode): string | null {
  const given = argumentOf(loader, code, 'num_workers', NUM_WORKERS_POSITION);
  if (given === null) {
    return null;
  }
  if (given.name === 'Number') {
    return Number(code.textOf(given)) > 0 ? 'True' : null;
  }
  const isPlain = !['?', undefined].includes(dottedNames(given, code)[0]);
  return isPlain ? `${code.textOf(given)} > 0` : null;
}
