import type { SyntaxNode } from '@lezer/common';
import { newlineOf } from '../edit-call.ts';
import { between, lossStatementsAt, type LossStatements } from '../loss-statements.ts';
import { childrenOf, enclosing, type PythonCode } from '../python-code.ts';
import {
  assignedAnywhere,
  callsBelow,
  isBrokenAround,
  methodOf,
  nodesBelow,
  statementsOf,
} from '../python-scope.ts';
import type { TextEdit } from '../text-edit.ts';
import { endOfLine, wrapStatements } from '../wrap-statements.ts';
import type { Fixer } from './fix.ts';

export const noSync: Fixer = {
  id: 'no-sync',
  purpose: 'alone',
  detectors: ['sync-every-microbatch', 'comm-exposed'],
  offer(code, { line }) {
    const found = lossStatementsAt(code, line);
    if (found === null || isBrokenAround(found.batches.loop) || isUsed(code)) {
      return null;
    }
    const { forward, backward, block, model } = found;
    const updates = conditionOfUpdate(found, code);
    const arePlain = between(block, forward, backward).every(({ name }) =>
      ['AssignStatement', 'ExpressionStatement', 'UpdateStatement'].includes(name),
    );
    const isChanged =
      updates !== null &&
      changesWhatIsTested(between(block, forward, backward), updates.test, code);
    const empty = nameOfNullContext(code);
    if (updates === null || !arePlain || isChanged || empty === null || !isDdp(model, code)) {
      return null;
    }
    const test = code.textOf(updates.test);
    const context = updates.whenTrue
      ? `${empty.name}() if ${test} else ${model}.no_sync()`
      : `${model}.no_sync() if ${test} else ${empty.name}()`;
    const edits = wrapStatements(code, forward, backward, `with ${context}:`);
    return (
      edits && {
        title: 'Reduce gradients only before an update (no_sync())',
        explanation: `Backward passes that are followed by no update add their gradients on each rank and reduce nothing; the one before the update reduces the sum. The result is the same, as “${test}” is asked in the same words as for the update. Each rank must ask it alike, or they wait for each other forever.`,
        edits: [...empty.edits, ...edits],
        link: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html#torch.nn.parallel.DistributedDataParallel.no_sync',
      }
    );
  },
};

interface Condition {
  readonly test: SyntaxNode;
  /** Whether the update comes where the test is true, rather than where it is false. */
  readonly whenTrue: boolean;
}

/** `if …: optimizer.step()` behind backward, or `if …: continue` between backward and the update. */
function conditionOfUpdate(
  { backward, block }: LossStatements,
  code: PythonCode,
): Condition | null {
  for (const statement of block.filter(({ from }) => from > backward.from)) {
    const test = statement.name === 'IfStatement' ? testOf(statement) : null;
    const isAlone = statement.getChild('else') === null && statement.getChild('elif') === null;
    if (test !== null && isAlone && callsStep(statement, code)) {
      return { test, whenTrue: true };
    }
    const inner = statementsOf(statement.getChild('Body'));
    if (test !== null && isAlone && inner.length === 1 && inner[0].name === 'ContinueStatement') {
      return { test, whenTrue: false };
    }
    if (callsStep(statement, code)) {
      return null;
    }
  }
  return null;
}

/** The condition, on one line. */
function testOf(statement: SyntaxNode): SyntaxNode | null {
  const test = statement.getChild('if')?.nextSibling ?? null;
  return test !== null && nodesBelow(test, ['CallExpression']).every(isPure) ? test : null;
}

function isPure(call: SyntaxNode): boolean {
  return call.firstChild?.name === 'VariableName';
}

function callsStep(statement: SyntaxNode, code: PythonCode): boolean {
  return callsBelow(statement).some(
    (call) => methodOf(call, code) === 'step' && call.firstChild?.name === 'MemberExpression',
  );
}

function changesWhatIsTested(
  statements: readonly SyntaxNode[],
  test: SyntaxNode,
  code: PythonCode,
): boolean {
  const names = nodesBelow(test, ['VariableName']).map((name) => code.textOf(name));
  return statements.some((statement) => {
    const children = childrenOf(statement);
    const end = children.findIndex(({ name }) => name === 'AssignOp' || name === 'UpdateOp');
    return children
      .slice(0, Math.max(end, 0))
      .some((target) =>
        nodesBelow(target, ['VariableName']).some((name) => names.includes(code.textOf(name))),
      );
  });
}

function isUsed(code: PythonCode): boolean {
  return nodesBelow(code.tree.topNode, ['PropertyName']).some(
    (property) => code.textOf(property) === 'no_sync',
  );
}

/** Whether a name is wrapped by DistributedDataParallel in the end, whatever the options of the run. */
function isDdp(name: string, code: PythonCode): boolean {
  const last = assignedAnywhere(name, code).at(-1);
  return (
    last?.value.name === 'CallExpression' &&
    code.calleeOf(last.value).at(-1) === 'DistributedDataParallel' &&
    enclosing(last.statement, ['IfStatement', 'FunctionDefinition'])?.name !== 'IfStatement'
  );
}

/** The name of `contextlib.nullcontext` here, and the import of it where there is none. */
function nameOfNullContext(
  code: PythonCode,
): { readonly name: string; readonly edits: readonly TextEdit[] } | null {
  for (const [name, path] of code.imports) {
    if (path.join('.') === 'contextlib.nullcontext') {
      return { name, edits: [] };
    }
  }
  const firstImport = childrenOf(code.tree.topNode).find(
    (statement) =>
      statement.name === 'ImportStatement' && !code.textOf(statement).includes('__future__'),
  );
  if (firstImport === undefined) {
    return null;
  }
  const at = code.lineStart(code.lineOf(firstImport.from));
  const isAlone = endOfLine(code, at) === firstImport.to || firstImport.to > endOfLine(code, at);
  return isAlone
    ? {
        name: 'nullcontext',
        edits: [
          { from: at, to: at, insert: `from contextlib import nullcontext${newlineOf(code)}` },
        ],
      }
    : null;
}
