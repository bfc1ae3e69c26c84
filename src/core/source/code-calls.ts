import type { SyntaxNode } from '@lezer/common';
import { type Flow, FlowGraph, LEAVES, NOTHING } from './code-flow.ts';
import type { CallKind, CodeCall } from '../model/code-unit.ts';
import type { CodeTypes } from './code-types.ts';
import { childrenOf, dottedNames, type PythonCode } from './python-code.ts';

/** Functions with more calls than this are generated. */
const MAX_CALLS = 3_000;

const COMPREHENSIONS: ReadonlyMap<string, string> = new Map([
  ['ComprehensionExpression', '<genexpr>'],
  ['ArrayComprehensionExpression', '<listcomp>'],
  ['DictionaryComprehensionExpression', '<dictcomp>'],
  ['SetComprehensionExpression', '<setcomp>'],
]);

/** The frame that a node has of its own as a comprehension; null where it is none. */
export function comprehensionName(node: SyntaxNode): string | null {
  return node.name === 'ArgList' && node.getChild('for') !== null
    ? '<genexpr>'
    : (COMPREHENSIONS.get(node.name) ?? null);
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '+': ['add', '__add__', '__radd__'],
  '-': ['sub', '__sub__', '__rsub__', 'rsub'],
  '*': ['mul', '__mul__', '__rmul__'],
  '/': ['div', '__truediv__', '__rtruediv__', '__rdiv__'],
  '@': ['matmul', '__matmul__', '__rmatmul__'],
  '**': ['pow', '__pow__', '__rpow__'],
  '%': ['remainder', '__mod__', '__rmod__'],
  '==': ['eq', '__eq__'],
  '>': ['gt', '__gt__'],
  '<': ['lt', '__lt__'],
  '{}': ['__format__', '__str__', '__repr__'],
  '[]': ['__getitem__', 'select', 'slice', 'index', 'unsqueeze'],
};

interface Jumps {
  readonly continues: number[];
  readonly breaks: number[];
}

/** Reads the calls of one function; nested functions are left out. */
export class CallReader {
  readonly #graph = new FlowGraph();
  readonly #calls: Omit<CodeCall, 'next'>[] = [];
  readonly #loops: Jumps[] = [];

  constructor(
    private readonly code: PythonCode,
    private readonly types: CodeTypes,
  ) {}

  read(nodes: readonly SyntaxNode[]): CodeCall[] {
    this.#all(nodes);
    return this.#calls.map((call, i) => ({ ...call, next: [...this.#graph.next[i]] }));
  }

  /** Of a comprehension's own frame, which is given what the first loop iterates. */
  readInner(node: SyntaxNode): CodeCall[] {
    this.#inlined(node);
    return this.#calls.map((call, i) => ({ ...call, next: [...this.#graph.next[i]] }));
  }

  #all(nodes: readonly (SyntaxNode | null)[]): Flow {
    return nodes.reduce<Flow>(
      (flow, node) => (node === null ? flow : this.#graph.sequence(flow, this.#visit(node))),
      NOTHING,
    );
  }

  /** Only a few kinds of nodes change the order; all others are gone through as they stand. */
  #visit(node: SyntaxNode): Flow {
    if (comprehensionName(node) !== null && node.name !== 'ArgList') {
      return this.#comprehension(node);
    }
    switch (node.name) {
      case 'CallExpression':
        return this.#call(node);
      case 'FunctionDefinition':
      case 'LambdaExpression':
      case 'ClassDefinition':
        return this.#all(node.getChildren('ParamList').flatMap((list) => defaultsOf(list)));
      case 'ForStatement':
        return this.#for(node);
      case 'WhileStatement':
        return this.#while(node);
      case 'WithStatement':
        return this.#with(node);
      case 'TryStatement':
        return this.#try(node);
      default:
        return this.#expression(node);
    }
  }

  #expression(node: SyntaxNode): Flow {
    const inner = childrenOf(node);
    switch (node.name) {
      case 'ConditionalExpression':
        return this.#graph.sequence(
          this.#visit(inner[2]),
          this.#graph.either(this.#visit(inner[0]), this.#visit(inner[inner.length - 1])),
        );
      case 'IfStatement':
      case 'MatchStatement':
        return this.#branches(node);
      case 'BinaryExpression':
        return this.#binary(node, inner);
      case 'UpdateStatement':
      case 'MemberExpression':
      case 'FormatReplacement':
        return this.#operator(node, this.#all(inner), this.#operatorOf(node, inner));
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ReturnStatement':
      case 'RaiseStatement':
        return this.#jump(node);
      default:
        return this.#all(inner);
    }
  }

  #operatorOf(node: SyntaxNode, inner: readonly SyntaxNode[]): string {
    if (node.name === 'UpdateStatement') {
      return this.code.textOf(inner[1]).slice(0, -1);
    }
    return node.name === 'FormatReplacement' ? '{}' : node.getChild('[') === null ? '' : '[]';
  }

  #binary(node: SyntaxNode, inner: readonly SyntaxNode[]): Flow {
    if (node.getChild('and') !== null || node.getChild('or') !== null) {
      const [left, ...right] = inner;
      return this.#graph.sequence(this.#visit(left), this.#graph.optional(this.#all(right)));
    }
    const operator = node.getChild('ArithOp') ?? node.getChild('CompareOp');
    return this.#operator(node, this.#all(inner), operator ? this.code.textOf(operator) : '');
  }

  #operator(node: SyntaxNode, before: Flow, operator: string): Flow {
    const names = OPERATORS[operator] as readonly string[] | undefined;
    return names === undefined
      ? before
      : this.#graph.sequence(before, this.#add('operator', node, names));
  }

  /** The rest after a jump cannot be reached, but a `break` is found after its loop. */
  #jump(node: SyntaxNode): Flow {
    const flow = this.#all(childrenOf(node));
    const loop = this.#loops.at(-1);
    if (node.name === 'BreakStatement' || node.name === 'ContinueStatement') {
      const jumps = node.name === 'BreakStatement' ? loop?.breaks : loop?.continues;
      jumps?.push(this.#calls.length - 1);
      return LEAVES;
    }
    return { ...flow, last: [], isNullable: false };
  }

  #call(node: SyntaxNode): Flow {
    const callee = node.firstChild;
    const list = node.getChild('ArgList');
    const generator = list !== null && comprehensionName(list) !== null;
    const before = this.#graph.sequence(
      this.#all(callee === null ? [] : childrenOf(callee)),
      generator ? this.#comprehension(list) : this.#all(childrenOf(list)),
    );
    const at = callee?.name === 'MemberExpression' ? callee.lastChild : callee;
    const names = this.code.calleeOf(node);
    const types = callee === null ? [] : this.types.typesOf(callee);
    const called = this.#add('call', at ?? node, names, types, this.#holders(callee));
    return this.#graph.sequence(before, called);
  }

  #holders(callee: SyntaxNode | null): readonly (readonly string[])[] {
    const holder = callee?.name === 'MemberExpression' ? callee.firstChild : null;
    if (!holder) {
      return [];
    }
    const made = this.types.madeBy(holder);
    return made === null ? this.types.typesOf(holder) : [made];
  }

  #comprehension(node: SyntaxNode): Flow {
    const [, source] = partsOf(node);
    const outer = this.#all([source ?? null]);
    const frame = this.#add('comprehension', node, [comprehensionName(node) ?? '']);
    const inlined = this.#graph.optional(this.#inlined(node));
    return this.#graph.sequence(outer, this.#graph.optional(frame), inlined);
  }

  #inlined(node: SyntaxNode): Flow {
    const [element, source, rest] = partsOf(node);
    const head = this.#iterate(source ?? node);
    const body = this.#all([...rest, ...element]);
    return this.#graph.loop(head, this.#graph.optional(body), [], []);
  }

  #iterate(source: SyntaxNode): Flow {
    const names = [this.code.textOf(source).slice(0, 80)];
    return this.#add('iterate', source, names, this.#sourcesOf(source));
  }

  /** All that an iterated expression is made of: what it calls, and what its variables hold. */
  #sourcesOf(node: SyntaxNode, depth = 0): readonly (readonly string[])[] {
    if (depth > 8) {
      return [];
    }
    const own =
      node.name === 'CallExpression'
        ? [this.code.calleeOf(node)]
        : ['VariableName', 'MemberExpression'].includes(node.name)
          ? this.types.typesOf(node)
          : [];
    return [...own, ...childrenOf(node).flatMap((child) => this.#sourcesOf(child, depth + 1))];
  }

  #branches(node: SyntaxNode): Flow {
    const clauses = node.name === 'MatchStatement' ? childrenOf(node.getChild('MatchBody')) : [];
    let before = NOTHING;
    const ends: Flow[] = [];
    for (const child of [...childrenOf(node), ...clauses]) {
      if (child.name === 'Body' || child.name === 'MatchClause') {
        ends.push(this.#graph.sequence(before, this.#visit(child)));
      } else if (child.name !== 'MatchBody') {
        before = this.#graph.sequence(before, this.#visit(child));
      }
    }
    return node.getChild('else') === null
      ? this.#graph.either(...ends, before)
      : this.#graph.either(...ends);
  }

  #for(node: SyntaxNode): Flow {
    const inner = childrenOf(node);
    const source = inner.findIndex(({ name }) => name === 'in') + 1;
    const bodies = node.getChildren('Body');
    const before = this.#all([inner[source] ?? null]);
    const head = this.#iterate(inner[source] ?? node);
    return this.#graph.sequence(before, this.#loop(head, bodies.at(0)), this.#all(bodies.slice(1)));
  }

  #while(node: SyntaxNode): Flow {
    const [, test] = childrenOf(node);
    const bodies = node.getChildren('Body');
    const isEndless = this.code.textOf(test) === 'True' || this.code.textOf(test) === '1';
    const head = this.#visit(test);
    const flow = this.#loop(head, bodies.at(0));
    return this.#graph.sequence(
      isEndless && flow.last.length === 0 ? LEAVES : flow,
      this.#all(bodies.slice(1)),
    );
  }

  #loop(head: Flow, body: SyntaxNode | undefined): Flow {
    const jumps: Jumps = { continues: [], breaks: [] };
    this.#loops.push(jumps);
    const inner = this.#all([body ?? null]);
    this.#loops.pop();
    const known = (at: number): boolean => at >= 0;
    const { continues, breaks } = jumps;
    return this.#graph.loop(head, inner, continues.filter(known), breaks.filter(known));
  }

  #with(node: SyntaxNode): Flow {
    const items = childrenOf(node).filter(
      ({ name, prevSibling }) =>
        !['with', 'async', 'as', ',', 'Body', '(', ')'].includes(name) &&
        prevSibling?.name !== 'as',
    );
    const entered = items.map((item) =>
      this.#graph.sequence(this.#visit(item), this.#contextCall('enter', item)),
    );
    const body = this.#all(node.getChildren('Body'));
    const left = items.reverse().map((item) => this.#contextCall('exit', item));
    return this.#graph.sequence(...entered, body, ...left);
  }

  #contextCall(kind: 'enter' | 'exit', item: SyntaxNode): Flow {
    const names = item.name === 'CallExpression' ? this.code.calleeOf(item) : ['?'];
    return this.#add(kind, item, names, this.types.typesOf(item));
  }

  /** An exception may come anywhere in the body, so handlers can follow any of its calls. */
  #try(node: SyntaxNode): Flow {
    const bodies = node.getChildren('Body');
    const start = this.#calls.length;
    const tried = this.#all(bodies.slice(0, 1));
    const inside = Array.from({ length: this.#calls.length - start }, (_, i) => start + i);
    const anywhere: Flow = { ...tried, last: [...inside], isNullable: true };
    const after = bodies.slice(1).map((handler) => this.#graph.optional(this.#visit(handler)));
    return this.#graph.sequence(anywhere, ...after);
  }

  #add(
    kind: CallKind,
    at: SyntaxNode,
    names: readonly string[],
    types: readonly (readonly string[])[] = [],
    holders: readonly (readonly string[])[] = [],
  ): Flow {
    if (this.#calls.length >= MAX_CALLS) {
      return NOTHING;
    }
    const line = this.code.lineOf(at.from);
    const [first = ''] = kind === 'call' ? dottedNames(callOf(at), this.code) : [];
    this.#calls.push({
      kind,
      line,
      column: at.from - this.code.lineStart(line),
      names,
      isImported: this.code.imports.has(first),
      types,
      holders,
    });
    return this.#graph.add();
  }
}

/** The whole callee, of which a node is the last name. */
function callOf(node: SyntaxNode): SyntaxNode {
  return node.parent?.name === 'MemberExpression' ? node.parent : node;
}

function defaultsOf(list: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(list).filter(({ prevSibling }) => prevSibling?.name === 'AssignOp');
}

/** Of a comprehension: what it gives, what its first loop iterates, and what follows. */
function partsOf(
  node: SyntaxNode,
): [element: readonly SyntaxNode[], source: SyntaxNode | undefined, rest: readonly SyntaxNode[]] {
  const inner = childrenOf(node);
  const split = inner.findIndex(({ name }) => name === 'for');
  const source = inner.findIndex(({ name }, i) => i > split && name === 'in') + 1;
  return [inner.slice(0, split), inner.at(source), inner.slice(source + 1)];
}
