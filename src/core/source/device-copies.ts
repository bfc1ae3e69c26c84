import type { SyntaxNode } from '@lezer/common';
import { argumentOf, callArguments } from './edit-call.ts';
import { dottedNames, type PythonCode } from './python-code.ts';
import { callsBelow, methodOf, nodesBelow } from './python-scope.ts';
import { STRING_NODES } from './python-string.ts';

const DEVICE_NAME = /(^|_)(device|dev|gpu|cuda|local_rank|rank)(_|$|id$)/i;

/** They copy batches to the accelerator themselves. */
const COPYING_FRAMEWORKS: readonly string[] = [
  'accelerate',
  'lightning',
  'pytorch_lightning',
  'deepspeed',
];

/** Whether a call copies a tensor to an accelerator: `x.to(device)`, `x.cuda()`. */
export function isCopyToDevice(call: SyntaxNode, code: PythonCode): boolean {
  if (call.firstChild?.name !== 'MemberExpression') {
    return false;
  }
  const method = methodOf(call, code);
  if (method === 'cuda') {
    return true;
  }
  const target = argumentOf(call, code, 'device', 0);
  return method === 'to' && target !== null && mentionsDevice(target, code);
}

/** Whether an expression names a device that is not the host, as far as its words tell. */
export function mentionsDevice(node: SyntaxNode, code: PythonCode): boolean {
  if (STRING_NODES.includes(node.name)) {
    return /^[frbu]*["']+(cuda|mps|xpu|npu|hpu)/i.test(code.textOf(node));
  }
  if (node.name === 'CallExpression') {
    return (
      methodOf(node, code) === 'device' &&
      callArguments(node, code).some(
        ({ value }) => mentionsDevice(value, code) || value.name === 'ConditionalExpression',
      )
    );
  }
  return DEVICE_NAME.test(dottedNames(node, code).at(-1) ?? '');
}

/** Whether the file works with an accelerator at all. */
export function usesDevice(code: PythonCode): boolean {
  const { topNode } = code.tree;
  return (
    COPYING_FRAMEWORKS.some((name) => code.packages.has(name)) ||
    callsBelow(topNode).some((call) => isCopyToDevice(call, code)) ||
    nodesBelow(topNode, STRING_NODES).some((node) => mentionsDevice(node, code))
  );
}
