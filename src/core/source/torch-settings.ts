import type { SyntaxNode } from '@lezer/common';
import { newlineOf } from './edit-call.ts';
import { childrenOf, dottedNames, type PythonCode } from './python-code.ts';
import { isBrokenAround, nodesBelow } from './python-scope.ts';
import type { TextEdit } from './text-edit.ts';
import { endOfLine } from './wrap-statements.ts';

/**
 * Puts a line of its own behind the last import at the top of the file, or behind the settings of torch there.
 * Null where `torch` is not imported by its name before, or the place cannot be told.
 */
export function addTorchSetting(code: PythonCode, setting: string): TextEdit[] | null {
  const statements = childrenOf(code.tree.topNode);
  const lastImport = statements.findLastIndex(({ name }) => name === 'ImportStatement');
  const isBeforeCode = statements
    .slice(0, lastImport)
    .every(({ name }) => !['FunctionDefinition', 'ClassDefinition', 'ForStatement'].includes(name));
  const torchImport = statements.findIndex(
    (statement) => statement.name === 'ImportStatement' && importsTorch(statement, code),
  );
  if (!code.hasTorch || !isBeforeCode || torchImport < 0 || torchImport > lastImport) {
    return null;
  }
  let last = statements[lastImport];
  const isAfterSetting = isTorchSetting(statements.at(lastImport + 1), code);
  for (let next = lastImport + 1; isTorchSetting(statements.at(next), code); next++) {
    last = statements[next];
  }
  if (isBrokenAround(last)) {
    return null;
  }
  const newline = newlineOf(code);
  const at = endOfLine(code, last.to);
  return [
    { from: at, to: at, insert: `${isAfterSetting ? newline : newline + newline}${setting}` },
  ];
}

/** Whether the file names a setting anywhere, such as `cudnn.benchmark`. */
export function mentions(code: PythonCode, ...names: readonly string[]): boolean {
  return nodesBelow(code.tree.topNode, ['VariableName', 'PropertyName']).some((node) =>
    names.includes(code.textOf(node)),
  );
}

function importsTorch(statement: SyntaxNode, code: PythonCode): boolean {
  return (
    statement.getChild('from') === null &&
    statement.getChildren('VariableName').some((name) => code.textOf(name) === 'torch')
  );
}

/** `torch.backends.… = …` and `torch.set_…(…)`. */
function isTorchSetting(statement: SyntaxNode | undefined, code: PythonCode): boolean {
  const first = statement?.firstChild ?? null;
  const named = first?.name === 'CallExpression' ? first.firstChild : first;
  const [root, next = ''] = dottedNames(named, code);
  return root === 'torch' && /^(backends$|set_)/.test(next);
}
