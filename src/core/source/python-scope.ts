import type { SyntaxNode } from '@lezer/common';
import { elementsOf, sidesOf, unpackOnly } from './assignments.ts';
import { childrenOf, enclosing, type PythonCode } from './python-code.ts';

const SCOPES: readonly string[] = ['FunctionDefinition', 'LambdaExpression', 'Script'];

/** The function around a node, or the whole script. Of a function, the scope that it is defined in. */
export function scopeOf(node: SyntaxNode): SyntaxNode {
  const around = SCOPES.includes(node.name) ? node.parent : node;
  return (around && enclosing(around, SCOPES)) ?? node;
}

/** All nodes of these names below a node, in the order of the text. */
export function nodesBelow(node: SyntaxNode, names: readonly string[]): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((cursor) => {
    if (names.includes(cursor.name)) {
      found.push(cursor.node);
    }
  });
  return found;
}

/** All calls in a stretch of the tree. */
export function callsBelow(node: SyntaxNode): readonly SyntaxNode[] {
  return nodesBelow(node, ['CallExpression']);
}

/** The last name of what is called: `item` of `loss.item()`. */
export function methodOf(call: SyntaxNode, code: PythonCode): string {
  return code.calleeOf(call).at(-1) ?? '';
}

/** Whether the statement at the top of the file that holds a node cannot be read in full. */
export function isBrokenAround(node: SyntaxNode): boolean {
  let top = node;
  while (top.parent !== null && top.parent.parent !== null) {
    top = top.parent;
  }
  let isBroken = false;
  top.cursor().iterate((cursor) => {
    isBroken ||= cursor.type.isError;
  });
  return isBroken;
}

/** The statement that holds a node, and stands in a block. */
export function statementOf(node: SyntaxNode): SyntaxNode {
  let statement = node;
  while (
    statement.parent !== null &&
    statement.parent.name !== 'Body' &&
    statement.parent.name !== 'Script'
  ) {
    statement = statement.parent;
  }
  return statement;
}

/** The statements of a block. */
export function statementsOf(block: SyntaxNode | null): readonly SyntaxNode[] {
  return childrenOf(block).filter(({ name }) => name !== ':' && name !== 'Comment');
}

/** What a name is given in a scope: `a = …`, `a: int = …`, and the values of `a, b = …, …`. */
export interface Assignment {
  readonly statement: SyntaxNode;
  /** The value of this name alone where both sides have as many; else the whole right side. */
  readonly value: SyntaxNode;
  /** The place among several targets of one value; -1 where the value is the name's own. */
  readonly index: number;
}

/** Plain assignments to a name, or to something like `self.loader`, as written. */
export function assignmentsTo(
  target: string,
  scope: SyntaxNode,
  code: PythonCode,
): readonly Assignment[] {
  return nodesBelow(scope, ['AssignStatement'])
    .filter((statement) => target.includes('.') || isInScope(statement, scope))
    .flatMap((statement) => readAssignment(statement, target, code));
}

/** What a name is given in any scope of the file, in the order of the text. */
export function assignedAnywhere(name: string, code: PythonCode): readonly Assignment[] {
  return nodesBelow(code.tree.topNode, ['AssignStatement']).flatMap((statement) =>
    readAssignment(statement, name, code),
  );
}

function isInScope(node: SyntaxNode, scope: SyntaxNode): boolean {
  const own = scopeOf(node);
  return own.from === scope.from && own.to === scope.to;
}

function readAssignment(statement: SyntaxNode, target: string, code: PythonCode): Assignment[] {
  const sides = sidesOf(statement).map((side) => unpackOnly(side, ['TupleExpression']));
  const values = sides.at(-1) ?? [];
  return sides.slice(0, -1).flatMap((targets) => {
    const index = targets.findIndex((node) => code.textOf(node) === target);
    if (index < 0 || values.length === 0) {
      return [];
    }
    return targets.length === values.length
      ? [{ statement, value: values[index], index: -1 }]
      : [{ statement, value: values[0], index: targets.length === 1 ? -1 : index }];
  });
}

/** The values of a tuple, a list or a `return a, b`. */
export function valuesOf(node: SyntaxNode): readonly SyntaxNode[] {
  return elementsOf(node).filter(({ name }) => name !== 'return');
}

/** Uses of a name below a node, and where it is written: `x` but neither `a.x` nor `f(x=1)`. */
export function usesOf(name: string, node: SyntaxNode, code: PythonCode): readonly SyntaxNode[] {
  return nodesBelow(node, ['VariableName']).filter(
    (use) => code.textOf(use) === name && !isKeyword(use),
  );
}

function isKeyword(node: SyntaxNode): boolean {
  return node.parent?.name === 'ArgList' && node.nextSibling?.name === 'AssignOp';
}

/** How often a name is bound in a scope: by assignments, loops, `with`, `import`, or as a parameter. */
export function countBindings(name: string, scope: SyntaxNode, code: PythonCode): number {
  return usesOf(name, scope, code).filter((use) => isInScopeOf(use, scope) && isBinding(use))
    .length;
}

function isInScopeOf(node: SyntaxNode, scope: SyntaxNode): boolean {
  return isInScope(node, scope) || node.parent?.name === 'ParamList';
}

function isBinding(use: SyntaxNode): boolean {
  let node = use;
  while (
    node.parent !== null &&
    ['TupleExpression', 'ArrayExpression'].includes(node.parent.name)
  ) {
    node = node.parent;
  }
  const around = node.parent?.name ?? '';
  const operator = BINDING_OPERATORS.get(around);
  if (operator !== undefined) {
    return hasAfter(node, operator);
  }
  return around === 'ParamList'
    ? node.prevSibling?.name !== 'AssignOp'
    : BINDING_STATEMENTS.includes(around) || node.prevSibling?.name === 'as';
}

/** Statements that bind what is before an operator. */
const BINDING_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['AssignStatement', 'AssignOp'],
  ['ForStatement', 'in'],
  ['UpdateStatement', 'UpdateOp'],
]);

const BINDING_STATEMENTS: readonly string[] = [
  'ScopeStatement',
  'DeleteStatement',
  'ImportStatement',
  'NamedExpression',
];

function hasAfter(node: SyntaxNode, name: string): boolean {
  for (let next = node.nextSibling; next !== null; next = next.nextSibling) {
    if (next.name === name) {
      return true;
    }
  }
  return false;
}
