import type { SyntaxNode } from '@lezer/common';
import { type BatchLoop, batchLoopAt } from '../batch-loop.ts';
import { isCopyToDevice } from '../device-copies.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import { dottedNames, iterableOf, type PythonCode } from '../python-code.ts';
import { callsBelow, isBrokenAround, methodOf, nodesBelow, usesOf } from '../python-scope.ts';
import type { TextEdit } from '../text-edit.ts';
import type { Fixer } from './fix.ts';

export const nonBlocking: Fixer = {
  id: 'non-blocking',
  purpose: 'loading',
  detectors: ['copy-pageable', 'host-sync', 'serial-streams', 'data-stall'],
  offer(code, { line }) {
    const batches = batchLoopAt(code, line);
    if (batches === null || isBrokenAround(batches.loop)) {
      return null;
    }
    const calls = copiesOfBatches(batches, code);
    const edits = calls.flatMap((call) => editCopy(call, code));
    if (edits.length === 0) {
      return null;
    }
    return {
      title: 'Copy batches without waiting (non_blocking=True)',
      explanation:
        'The host goes on while the batch is copied, where its memory is pinned (pin_memory=True of the DataLoader); else nothing changes. The GPU waits for the copy by itself. Do not change the batch on the host after this line.',
      edits,
      link: 'https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html',
    };
  },
};

/** `x.to(device)` and `x.cuda()`, where x comes out of the batch. */
function copiesOfBatches(batches: BatchLoop, code: PythonCode): readonly SyntaxNode[] {
  const names = new Set(batches.names.filter((name) => name !== batches.counter));
  return batches.statements.flatMap((statement) =>
    callsBelow(statement).filter((call) => {
      const receiver = call.firstChild?.firstChild ?? null;
      return (
        receiver !== null &&
        isCopyToDevice(call, code) &&
        comesFromBatch(receiver, names, code) &&
        !isOfTransformers(receiver, batches, code)
      );
    }),
  );
}

function comesFromBatch(
  receiver: SyntaxNode,
  names: ReadonlySet<string>,
  code: PythonCode,
): boolean {
  const root = nodesBelow(receiver, ['VariableName']).at(0);
  if (root === undefined || receiver.name === 'CallExpression') {
    return false;
  }
  const name = code.textOf(root);
  return names.has(name) || isElementOfBatch(name, receiver, names, code);
}

/** `{k: v.to(device) for k, v in batch.items()}`. */
function isElementOfBatch(
  name: string,
  receiver: SyntaxNode,
  names: ReadonlySet<string>,
  code: PythonCode,
): boolean {
  for (let around = receiver.parent; around !== null; around = around.parent) {
    if (around.name.endsWith('ComprehensionExpression')) {
      const source = iterableOf(around);
      const isTarget = usesOf(name, around, code).some(
        (use) => source !== null && use.to <= source.from,
      );
      const roots = source === null ? [] : nodesBelow(source, ['VariableName']);
      return isTarget && roots.some((root) => names.has(code.textOf(root)));
    }
    if (around.name === 'Body') {
      return false;
    }
  }
  return false;
}

/** The `to` of a whole batch of a tokenizer does not know `non_blocking` in all versions. */
function isOfTransformers(receiver: SyntaxNode, { names }: BatchLoop, code: PythonCode): boolean {
  const isWhole = receiver.name === 'VariableName' && names.includes(code.textOf(receiver));
  return isWhole && names.length <= 2 && code.packages.has('transformers');
}

function editCopy(call: SyntaxNode, code: PythonCode): readonly TextEdit[] {
  // Tensor.to(device, dtype, non_blocking), Tensor.cuda(device, non_blocking)
  const position = methodOf(call, code) === 'to' ? 2 : 1;
  const given = argumentOf(call, code, 'non_blocking', position);
  if (unpacksArguments(call, code) || dottedNames(call.firstChild, code).at(-1) === undefined) {
    return [];
  }
  if (given === null) {
    return addKeyword(call, code, 'non_blocking=True');
  }
  return code.textOf(given) === 'False' ? [replaceNode(given, 'True')] : [];
}
