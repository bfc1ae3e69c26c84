import type { SyntaxNode } from '@lezer/common';
import { type BatchLoop, batchLoopAt, targetsOf } from '../batch-loop.ts';
import { isOnLine } from '../data-loaders.ts';
import type { PythonCode } from '../python-code.ts';
import { callsBelow, isBrokenAround, methodOf, nodesBelow, usesOf } from '../python-scope.ts';
import type { TextEdit } from '../text-edit.ts';
import { wrapStatements } from '../wrap-statements.ts';
import type { Fixer } from './fix.ts';

/** Often enough to see the loss fall, seldom enough not to cost time. */
const EVERY = 50;

const LOGGERS =
  /^(print|info|debug|warning|log|add_scalar|add_scalars|log_metric|log_metrics|set_postfix|set_description|write)$/;

export const logSeldom: Fixer = {
  id: 'log-seldom',
  purpose: 'waiting',
  detectors: ['host-sync', 'logging-stall', 'gpu-idle', 'host-bound'],
  offer(code, { line }) {
    const batches = batchLoopAt(code, line);
    if (batches?.trains !== true || isBrokenAround(batches.loop)) {
      return null;
    }
    const group = logsAt(batches, line, code);
    const counter = group.length === 0 ? null : counterOf(batches, code);
    const [first] = group;
    const last = group.at(-1);
    if (counter === null || last === undefined) {
      return null;
    }
    const head = `if ${counter.name} % ${EVERY} == 0:`;
    const edits = wrapStatements(code, first, last, head);
    return (
      edits && {
        title: `Log every ${EVERY} steps only`,
        explanation: `Reading a value of the GPU to print or log it makes the host wait for the GPU, and the GPU then wait for the host. It is now read in every ${EVERY}th step: what is logged has ${EVERY} times fewer points.`,
        edits: [...counter.edits, ...edits],
        link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html#avoid-unnecessary-cpu-gpu-synchronization',
      }
    );
  },
};

/** Neighbouring statements that only log, at the line or, where it is another, the first of the loop. */
function logsAt({ statements }: BatchLoop, line: number, code: PythonCode): readonly SyntaxNode[] {
  const groups: SyntaxNode[][] = [];
  let group: SyntaxNode[] = [];
  for (const statement of statements) {
    if (logs(statement, code)) {
      group.push(statement);
      if (group.length === 1) {
        groups.push(group);
      }
    } else {
      group = [];
    }
  }
  return (
    groups.find((one) => one.some((statement) => isOnLine(statement, line, code))) ??
    groups.at(0) ??
    []
  );
}

/** A call that logs and whose value nobody uses; of `print` and the like also one that names a loss. */
function logs(statement: SyntaxNode, code: PythonCode): boolean {
  const call = statement.firstChild;
  if (statement.name !== 'ExpressionStatement' || call?.name !== 'CallExpression') {
    return false;
  }
  const callee = code.calleeOf(call);
  const isLogger = LOGGERS.test(callee.at(-1) ?? '') && callee[0] !== 'self';
  const binds = nodesBelow(statement, ['AssignOp']).some((node) => code.textOf(node) === ':=');
  const reads =
    callsBelow(call).some((one) => methodOf(one, code) === 'item') ||
    nodesBelow(call, ['VariableName']).some((name) => /loss/i.test(code.textOf(name)));
  return isLogger && reads && !binds;
}

interface Counter {
  readonly name: string;
  /** What gives the loop the counter. */
  readonly edits: readonly TextEdit[];
}

function counterOf(batches: BatchLoop, code: PythonCode): Counter | null {
  const { loop, iterable, counter } = batches;
  if (counter !== null) {
    return { name: counter, edits: [] };
  }
  const name = ['step', 'batch_index', 'step_index'].find(
    (one) => usesOf(one, code.tree.topNode, code).length === 0,
  );
  const isAsync = loop.getChild('async') !== null;
  const isCounted =
    iterable.name === 'CallExpression' && code.calleeOf(iterable).join('.') === 'enumerate';
  return name === undefined || isAsync || isCounted
    ? null
    : { name, edits: enumerateLoop(name, batches) };
}

/** `for x, y in loader` → `for step, (x, y) in enumerate(loader)`. */
function enumerateLoop(name: string, { loop, iterable }: BatchLoop): readonly TextEdit[] {
  const targets = targetsOf(loop);
  const [first] = targets;
  const last = targets.at(-1) ?? first;
  const isBare = targets.length > 1 && first.parent?.name === 'ForStatement';
  const start = first.parent?.name === 'TupleExpression' ? first.parent : first;
  return [
    { from: start.from, to: start.from, insert: `${name}, ${isBare ? '(' : ''}` },
    ...(isBare ? [{ from: last.to, to: last.to, insert: ')' }] : []),
    { from: iterable.from, to: iterable.from, insert: 'enumerate(' },
    { from: iterable.to, to: iterable.to, insert: ')' },
  ];
}
