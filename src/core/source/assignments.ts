import type { SyntaxNode } from '@lezer/common';
import { childrenOf } from './python-code.ts';

interface Assignment {
  /** `a = b, c = …` has two, of one and of two names. */
  readonly targets: readonly (readonly SyntaxNode[])[];
  readonly values: readonly SyntaxNode[];
}

/** The targets and the values of an assignment, tuples taken apart. */
export function splitAssignment(node: SyntaxNode): Assignment {
  const flat = sidesOf(node).map((side) => unpackOnly(side));
  return { targets: flat.slice(0, -1), values: flat.at(-1) ?? [] };
}

/** What stands between the `=` of an assignment, as written: one side more than there are of them. */
export function sidesOf(assignment: SyntaxNode): readonly (readonly SyntaxNode[])[] {
  const sides: SyntaxNode[][] = [[]];
  for (const child of childrenOf(assignment)) {
    if (child.name === 'AssignOp') {
      sides.push([]);
    } else if (!['TypeDef', ',', 'Comment'].includes(child.name)) {
      sides.at(-1)?.push(child);
    }
  }
  return sides;
}

/** The elements of a tuple or list that stands alone; all else as it is. */
export function unpackOnly(
  nodes: readonly SyntaxNode[],
  kinds: readonly string[] = ['TupleExpression', 'ArrayExpression'],
): readonly SyntaxNode[] {
  const [only] = nodes;
  return nodes.length === 1 && kinds.includes(only.name) ? elementsOf(only) : nodes;
}

/** The elements of a tuple or a list. */
export function elementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(node).filter(
    ({ name }) => !['(', ')', '[', ']', ',', 'Comment'].includes(name),
  );
}

/** The values of a `return`. */
export function valuesAfter(node: SyntaxNode, keyword: string): readonly SyntaxNode[] {
  const values = childrenOf(node).filter(({ name }) => ![keyword, ',', 'Comment'].includes(name));
  return unpackOnly(values);
}
