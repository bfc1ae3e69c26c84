import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from './python-code.ts';

interface Assignment {
  /** `a = b, c = …` has two, of one and of two names. */
  readonly targets: readonly (readonly SyntaxNode[])[];
  readonly values: readonly SyntaxNode[];
}

/** The targets and the values of an assignment, tuples taken apart. */
export function splitAssignment(node: SyntaxNode): Assignment {
  const sides: SyntaxNode[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') {
      sides.push([]);
    } else if (!['TypeDef', ',', 'Comment'].includes(child.name)) {
      sides.at(-1)?.push(child);
    }
  }
  const flat = sides.map((side) => (side.length === 1 ? elementsOf(side[0]) : side));
  return { targets: flat.slice(0, -1), values: flat.at(-1) ?? [] };
}

function elementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.name === 'TupleExpression' || node.name === 'ArrayExpression'
    ? childrenOf(node).filter(({ name }) => !['(', ')', '[', ']', ',', 'Comment'].includes(name))
    : [node];
}

/** The values of a `return`. */
export function valuesAfter(node: SyntaxNode, keyword: string): readonly SyntaxNode[] {
  const values = childrenOf(node).filter(({ name }) => ![keyword, ',', 'Comment'].includes(name));
  return values.length === 1 ? elementsOf(values[0]) : values;
}
