import type { SyntaxNode } from '@lezer/common';
import { sidesOf, unpackOnly } from './assignments.ts';
import { childrenOf, dottedNames, enclosing, type PythonCode } from './python-code.ts';

type TypeName = readonly string[];

/** Methods that give back the object itself. */
const RETURNS_ITSELF = new Set(
  'to cuda cpu train eval half float double bfloat16 requires_grad_ apply share_memory compile'.split(
    ' ',
  ),
);
const MAX_TYPES = 6;

/** What the variables of a file hold, as far as assignments of calls and annotations say. */
export class CodeTypes {
  /** By scope and name; a scope is the offset of its function or class, -1 the module. */
  readonly #types = new Map<string, TypeName[]>();
  readonly #anywhere = new Map<string, TypeName[]>();

  constructor(private readonly code: PythonCode) {
    code.tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'AssignStatement') {
          this.#readAssignment(node);
        } else if (node.name === 'WithStatement') {
          this.#readWith(node);
        } else if (node.name === 'TypeDef' && node.parent?.name === 'ParamList') {
          this.#note(node.prevSibling, this.#annotated(node));
        }
      },
    });
  }

  /** The types of a variable or of `self.x`; of the scopes around it, else of any in the file. */
  typesOf(node: SyntaxNode): readonly TypeName[] {
    const name = dottedNames(node, this.code).join('.');
    if (name === '' || name.includes('?')) {
      return [];
    }
    for (let scope = this.#scopeOf(node, name); ; scope = this.#outer(scope)) {
      const known = this.#types.get(`${scope?.from ?? -1} ${name}`);
      if (known !== undefined) {
        return known;
      }
      if (scope === null) {
        return this.#anywhere.get(name) ?? [];
      }
    }
  }

  /** The names of the class or function whose call gives the value; null where it is no call. */
  madeBy(value: SyntaxNode | null): TypeName | null {
    if (value?.name === 'AwaitExpression') {
      return this.madeBy(value.lastChild);
    }
    if (value?.name !== 'CallExpression') {
      return null;
    }
    const inner = this.#itself(value.firstChild);
    return inner === null
      ? this.code.calleeOf(value)
      : (this.madeBy(inner) ?? this.typesOf(inner).at(-1) ?? null);
  }

  /** `net` of `net.to(…)`, which gives `net` back. */
  #itself(callee: SyntaxNode | null): SyntaxNode | null {
    const method = callee?.name === 'MemberExpression' ? callee.lastChild : null;
    return method && RETURNS_ITSELF.has(this.code.textOf(method))
      ? (callee?.firstChild ?? null)
      : null;
  }

  #readAssignment(node: SyntaxNode): void {
    for (const type of node.getChildren('TypeDef')) {
      this.#note(type.prevSibling, this.#annotated(type));
    }
    const groups = sidesOf(node);
    const values = unpackOnly(groups.at(-1) ?? []);
    for (const group of groups.slice(0, -1)) {
      const targets = unpackOnly(group);
      targets.forEach((target, i) => {
        const value = targets.length === 1 && values.length !== 1 ? groups.at(-1)?.[0] : values[i];
        const fits = targets.length === 1 || targets.length === values.length;
        this.#note(target, fits ? this.#typeOf(value) : null);
      });
    }
  }

  #readWith(node: SyntaxNode): void {
    for (const child of childrenOf(node)) {
      if (child.prevSibling?.name === 'as') {
        this.#note(child, this.madeBy(child.prevSibling.prevSibling));
      }
    }
  }

  #typeOf(value: SyntaxNode | undefined): TypeName | null {
    return /^(Tuple|Array|Dictionary|Set)/.test(value?.name ?? '')
      ? ['tuple']
      : this.madeBy(value ?? null);
  }

  #annotated(node: SyntaxNode): TypeName | null {
    const type = node.lastChild;
    const [first = '?', ...rest] = dottedNames(type, this.code);
    return first === '?' ? null : [...(this.code.imports.get(first) ?? [first]), ...rest];
  }

  #note(target: SyntaxNode | null, type: TypeName | null): void {
    const name = dottedNames(target, this.code).join('.');
    if (target === null || type === null || name === '' || name.includes('?')) {
      return;
    }
    const scope = this.#scopeOf(target, name);
    for (const [map, key] of [
      [this.#types, `${scope?.from ?? -1} ${name}`],
      [this.#anywhere, name],
    ] as const) {
      const known = map.get(key) ?? [];
      if (known.length < MAX_TYPES) {
        map.set(key, [...known, type]);
      }
    }
  }

  /** Attributes belong to the class around, variables to the function. */
  #scopeOf(node: SyntaxNode, name: string): SyntaxNode | null {
    return enclosing(
      node,
      name.includes('.') ? ['ClassDefinition'] : ['FunctionDefinition', 'ClassDefinition'],
    );
  }

  #outer(scope: SyntaxNode | null): SyntaxNode | null {
    return scope?.parent
      ? enclosing(scope.parent, ['FunctionDefinition', 'ClassDefinition'])
      : null;
  }
}
