import type { SyntaxNode } from '@lezer/common';
import { isOnLine } from './data-loaders.ts';
import type { PythonCode } from './python-code.ts';
import { callsBelow, isBrokenAround } from './python-scope.ts';
import { unpacksArguments } from './edit-call.ts';

export type FrameworkCall = 'training-arguments' | 'lightning-trainer' | 'accelerator';

/**
 * The one call that sets up a framework of a kind: the one on a line, else the only one of the file.
 * Null where it is given arguments that only a run knows.
 */
export function frameworkCall(
  code: PythonCode,
  kind: FrameworkCall,
  line: number,
): SyntaxNode | null {
  const calls = callsBelow(code.tree.topNode).filter((call) => kindOf(call, code) === kind);
  const call =
    calls.find((one) => isOnLine(one, line, code)) ?? (calls.length === 1 ? calls[0] : null);
  return call === null || unpacksArguments(call, code) || isBrokenAround(call) ? null : call;
}

function kindOf(call: SyntaxNode, code: PythonCode): FrameworkCall | null {
  const callee = code.calleeOf(call);
  const [first] = callee;
  const name = callee.at(-1);
  if (first === 'transformers' && /^(Seq2Seq)?TrainingArguments$/.test(name ?? '')) {
    return 'training-arguments';
  }
  if (['lightning', 'pytorch_lightning'].includes(first) && name === 'Trainer') {
    return 'lightning-trainer';
  }
  return first === 'accelerate' && name === 'Accelerator' ? 'accelerator' : null;
}
