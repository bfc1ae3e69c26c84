import type { SyntaxNode } from '@lezer/common';
import { type BatchLoop, batchLoopAt } from '../batch-loop.ts';
import { endOf, isOnLine } from '../data-loaders.ts';
import { callArguments, newlineOf } from '../edit-call.ts';
import { childrenOf, type PythonCode } from '../python-code.ts';
import {
  assignmentsTo,
  callsBelow,
  isBrokenAround,
  methodOf,
  nodesBelow,
  scopeOf,
  usesOf,
} from '../python-scope.ts';
import { endOfLine } from '../wrap-statements.ts';
import type { Fix, Fixer } from './fix.ts';

/** `running += loss.item()`, and nothing else reads it before the loop has ended. */
interface Sum {
  readonly name: string;
  readonly call: SyntaxNode;
  /** How the sum is read once: a whole number stays one. */
  readonly read: 'float' | 'int';
}

export const accumulateOnDevice: Fixer = {
  id: 'accumulate-on-device',
  purpose: 'waiting',
  detectors: ['host-sync', 'gpu-idle', 'host-bound', 'logging-stall'],
  offer(code, { line }) {
    const batches = batchLoopAt(code, line);
    if (batches === null || isBrokenAround(batches.loop) || hasElse(batches.loop)) {
      return null;
    }
    const sums = batches.statements.flatMap((statement) => sumOf(statement, batches, code) ?? []);
    const here = sums.filter(({ call }) => isOnLine(call, line, code));
    const wanted = here.length > 0 ? here : sums;
    return wanted.length === 0 ? null : describe(wanted, batches, code);
  },
};

function describe(sums: readonly Sum[], { loop }: BatchLoop, code: PythonCode): Fix {
  const names = sums.map(({ name }) => name).join(', ');
  const at = endOfLine(code, endOf(loop));
  const start = `${newlineOf(code)}${code.indentAt(loop.from)}`;
  const reads = sums.map(({ name, read }) => `${start}${name} = ${read}(${name})`);
  return {
    title: `Sum up ${names} on the device, and read it once after the loop`,
    explanation: `.item() makes the host wait for the GPU in every step. With .detach() the sum stays on the device and is read once, when the loop has ended. It is summed in the type of the tensor (float32) rather than in double precision: the last digits may differ.`,
    edits: [
      ...sums.map(({ call }) => replaceMethod(call, code)),
      { from: at, to: at, insert: reads.join('') },
    ],
    link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html#avoid-unnecessary-cpu-gpu-synchronization',
  };
}

/** `.item` → `.detach`. */
function replaceMethod(call: SyntaxNode, code: PythonCode): Fix['edits'][number] {
  const [property] = nodesBelow(call, ['PropertyName']).filter(
    (node) => code.textOf(node) === 'item' && node.parent?.from === call.from,
  );
  return { from: property.from, to: property.to, insert: 'detach' };
}

function sumOf(statement: SyntaxNode, { loop }: BatchLoop, code: PythonCode): Sum | null {
  const target = statement.name === 'UpdateStatement' ? statement.firstChild : null;
  const isSum = statement.getChild('UpdateOp');
  const value = statement.lastChild;
  if (target?.name !== 'VariableName' || isSum === null || code.textOf(isSum) !== '+=') {
    return null;
  }
  const call = value === null ? null : itemCallOf(value, code);
  const name = code.textOf(target);
  const reads = usesOf(name, loop, code);
  if (call === null || reads.length !== 1) {
    return null;
  }
  const read = startOf(name, loop, call, code);
  return read === null ? null : { name, call, read };
}

/** `x.item()` itself, or the one in `x.item() * n`. */
function itemCallOf(value: SyntaxNode, code: PythonCode): SyntaxNode | null {
  const parts = value.name === 'BinaryExpression' ? childrenOf(value) : [value];
  const isProduct = parts.length === 1 || ['*', '/'].includes(code.textOf(parts[1]));
  const items = callsBelow(value).filter((call) => methodOf(call, code) === 'item');
  if (items.length !== 1 || !isProduct) {
    return null;
  }
  const [call] = items;
  const isOwn = parts.some(({ from, to }) => from === call.from && to === call.to);
  return isOwn && callArguments(call, code).length === 0 ? call : null;
}

/** A sum that begins as a number just before the loop, and whether it is a whole one. */
function startOf(
  name: string,
  loop: SyntaxNode,
  call: SyntaxNode,
  code: PythonCode,
): Sum['read'] | null {
  const before = assignmentsTo(name, scopeOf(loop), code).filter(
    ({ statement }) => statement.to <= loop.from,
  );
  const last = before.at(-1);
  if (last?.value.name !== 'Number' || last.statement.parent?.from !== loop.parent?.from) {
    return null;
  }
  const isFloat = code.textOf(last.value).includes('.');
  if (isFloat || /loss/i.test(name)) {
    return 'float';
  }
  return isCount(call, code) ? 'int' : null;
}

/** `(a == b).sum().item()` counts. */
function isCount(call: SyntaxNode, code: PythonCode): boolean {
  const summed = call.firstChild?.firstChild ?? null;
  return (
    summed?.name === 'CallExpression' &&
    methodOf(summed, code) === 'sum' &&
    (nodesBelow(summed, ['CompareOp']).length > 0 ||
      callsBelow(summed).some((one) => methodOf(one, code) === 'eq'))
  );
}

function hasElse(loop: SyntaxNode): boolean {
  return loop.getChild('else') !== null;
}
