import type { SyntaxNode } from '@lezer/common';
import type { CodeFacts, PythonFunction } from './code-facts.ts';
import { dottedNames } from './python-code.ts';

/** A function of the file that a call by its name or by `self` leads to; of a class its `__init__`. */
export function findOwnFunction(call: SyntaxNode, facts: CodeFacts): PythonFunction | null {
  return findOwnByNames(dottedNames(call.firstChild, facts.code), call, facts);
}

/** The function that names mean at a place; null where it is of another file, or not clear. */
export function findOwnByNames(
  names: readonly string[],
  at: SyntaxNode,
  facts: CodeFacts,
): PythonFunction | null {
  const last = names.at(-1) ?? '';
  if (names.length === 1) {
    return facts.classes.get(last)?.methods.get('__init__') ?? findByScope(last, at, facts);
  }
  if (names.length !== 2 || facts.code.imports.has(names[0])) {
    return null;
  }
  const methods = facts.methodsByName.get(last) ?? [];
  const around =
    names[0] === 'self'
      ? methods.find(({ ofClass }) => ofClass !== null && contains(ofClass.node, at))
      : undefined;
  return around ?? (methods.length === 1 ? methods[0] : null);
}

function findByScope(name: string, at: SyntaxNode, facts: CodeFacts): PythonFunction | null {
  const found = facts.functionsByName.get(name) ?? [];
  return found.findLast(({ parent }) => parent !== null && contains(parent.node, at)) ?? null;
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
