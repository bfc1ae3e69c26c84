import type { SyntaxNode } from '@lezer/common';
import { argumentOf, callArguments } from './edit-call.ts';
import {
  dottedNames,
  enclosing,
  iterableOf,
  parameterNames,
  type PythonCode,
} from './python-code.ts';
import { assignmentsTo, callsBelow, nodesBelow, scopeOf, valuesOf } from './python-scope.ts';

/** Packages whose `DataLoader` takes the arguments of PyTorch's. */
const LOADER_PACKAGES: readonly string[] = ['torch', 'torch_geometric', 'torchdata'];
const LOADER_CLASSES: readonly string[] = ['DataLoader', 'StatefulDataLoader'];

/** Names that say that a loader is not for training. */
const NOT_TRAINING = /val|test|eval|dev|infer|predict/i;

/** What was followed already: a name may be given what is made of itself. */
type Followed = Set<string>;

/** Whether a call makes a `torch.utils.data.DataLoader`. */
export function isDataLoader(call: SyntaxNode, code: PythonCode): boolean {
  const callee = code.calleeOf(call);
  if (!LOADER_CLASSES.includes(callee.at(-1) ?? '')) {
    return false;
  }
  const isUnresolved = callee.length === 1 && !code.imports.has(callee[0]);
  return isUnresolved
    ? findClass(callee[0], code) === null
    : LOADER_PACKAGES.includes(callee[0] ?? '');
}

const loadersByCode = new WeakMap<PythonCode, readonly SyntaxNode[]>();

/** All loaders that a file makes. */
export function findDataLoaders(code: PythonCode): readonly SyntaxNode[] {
  let loaders = loadersByCode.get(code);
  if (loaders === undefined) {
    loaders = callsBelow(code.tree.topNode).filter((call) => isDataLoader(call, code));
    loadersByCode.set(code, loaders);
  }
  return loaders;
}

/**
 * The loader that a line is about: the one that is made there, the one that the loop there goes over,
 * else the only one of the file or its only one for training. Null where that cannot be told.
 */
export function loaderAt(code: PythonCode, line: number): SyntaxNode | null {
  const byLine = loaderByLine.get(code) ?? new Map<number, SyntaxNode | null>();
  loaderByLine.set(code, byLine);
  let loader = byLine.get(line);
  if (loader === undefined) {
    loader = findLoaderAt(code, line);
    byLine.set(line, loader);
  }
  return loader;
}

const loaderByLine = new WeakMap<PythonCode, Map<number, SyntaxNode | null>>();

function findLoaderAt(code: PythonCode, line: number): SyntaxNode | null {
  const loaders = findDataLoaders(code);
  const here = loaders.find((call) => isOnLine(call, line, code));
  if (here !== undefined) {
    return here;
  }
  for (const loop of loopsAround(code, line)) {
    const found = loadersOf(loop, code);
    if (found.length > 0) {
      return found.length === 1 ? found[0] : null;
    }
  }
  const training =
    loaders.length > 1 ? loaders.filter((call) => isForTraining(call, code)) : loaders;
  return training.length === 1 ? training[0] : null;
}

/** The loops that a line is in or begins, the innermost first. */
export function loopsAround(code: PythonCode, line: number): readonly SyntaxNode[] {
  return nodesBelow(code.tree.topNode, ['ForStatement', 'WhileStatement'])
    .filter((loop) => isOnLine(loop, line, code))
    .reverse();
}

/** Whether a line is one of those of a node; what follows its last statement is not. */
export function isOnLine(node: SyntaxNode, line: number, code: PythonCode): boolean {
  return code.lineOf(node.from) <= line && line <= code.lineOf(endOf(node));
}

/** Where the text of a statement ends: blocks reach to the next statement. */
export function endOf(node: SyntaxNode): number {
  let last = node;
  while (last.lastChild !== null && (last.name === 'Body' || last.lastChild.name === 'Body')) {
    const inside = last.name === 'Body' ? lastStatement(last) : last.lastChild;
    if (inside === null) {
      break;
    }
    last = inside;
  }
  return last.to;
}

function lastStatement(body: SyntaxNode): SyntaxNode | null {
  let last = body.lastChild;
  while (last?.name === 'Comment') {
    last = last.prevSibling;
  }
  return last;
}

/** The loaders that a `for` goes over, or whose iterator a `while` asks. */
function loadersOf(loop: SyntaxNode, code: PythonCode): readonly SyntaxNode[] {
  if (loop.name === 'ForStatement') {
    const iterable = iterableOf(loop);
    return iterable === null ? [] : distinct(loadersIn(iterable, code, new Set()));
  }
  const asked = callsBelow(loop).filter((call) => code.calleeOf(call).join('.') === 'next');
  return distinct(asked.flatMap((call) => loadersIn(call, code, new Set())));
}

/** The calls that make what an expression goes over, through variables, parameters and functions. */
function loadersIn(
  expression: SyntaxNode,
  code: PythonCode,
  followed: Followed,
): readonly SyntaxNode[] {
  const made = callsBelow(expression).filter((call) => isDataLoader(call, code));
  if (made.length > 0) {
    return made;
  }
  const members = nodesBelow(expression, ['MemberExpression']).flatMap((member) =>
    loadersOfTarget(code.textOf(member), code.tree.topNode, code, followed),
  );
  if (members.length > 0) {
    return members;
  }
  return nodesBelow(expression, ['VariableName']).flatMap((name) =>
    loadersOfName(code.textOf(name), name, code, followed),
  );
}

function loadersOfName(
  name: string,
  use: SyntaxNode,
  code: PythonCode,
  followed: Followed,
): readonly SyntaxNode[] {
  for (let scope = scopeOf(use); ; scope = scopeOf(scope)) {
    const found = loadersOfTarget(name, scope, code, followed);
    if (found.length > 0) {
      return found;
    }
    const passed = argumentsPassedAs(name, scope, code);
    const key = `argument ${name} ${scope.from}`;
    if (passed.length > 0 && !followed.has(key)) {
      followed.add(key);
      return passed.flatMap((value) => loadersIn(value, code, followed));
    }
    if (scope.name === 'Script') {
      return [];
    }
  }
}

function loadersOfTarget(
  target: string,
  scope: SyntaxNode,
  code: PythonCode,
  followed: Followed,
): readonly SyntaxNode[] {
  const key = `${target} ${scope.from}`;
  if (followed.has(key)) {
    return [];
  }
  followed.add(key);
  return assignmentsTo(target, scope, code)
    .filter(({ value }) => !code.textOf(value).startsWith(`${target}.`))
    .flatMap(({ value, index }) => {
      const direct = loadersIn(value, code, followed);
      const isMade = callsBelow(value).some((call) => isDataLoader(call, code));
      return isMade ? direct : [...direct, ...loadersReturned(value, index, code, followed)];
    });
}

/** What a function of this file returns, or the part of it that a name is given. */
function loadersReturned(
  value: SyntaxNode,
  index: number,
  code: PythonCode,
  followed: Followed,
): readonly SyntaxNode[] {
  const name = value.name === 'CallExpression' ? dottedNames(value.firstChild, code) : [];
  const definition = findFunction(name.at(-1) ?? '', code);
  const key = `return ${definition?.from ?? -1} ${index}`;
  if (definition === null || followed.has(key)) {
    return [];
  }
  followed.add(key);
  return nodesBelow(definition, ['ReturnStatement']).flatMap((statement) => {
    const given = valuesOf(statement);
    const [only] = given;
    const values = given.length === 1 && only.name === 'TupleExpression' ? valuesOf(only) : given;
    const wanted = index < 0 ? values : values.slice(index, index + 1);
    return wanted.flatMap((part) => loadersIn(part, code, followed));
  });
}

/** What calls in this file give to a parameter of a function. */
function argumentsPassedAs(
  name: string,
  scope: SyntaxNode,
  code: PythonCode,
): readonly SyntaxNode[] {
  const list = scope.getChild('ParamList');
  const own = scope.getChild('VariableName');
  if (list === null || own === null) {
    return [];
  }
  const names = parameterNames(list, code).filter((parameter) => parameter !== 'self');
  const position = names.indexOf(name);
  if (position < 0) {
    return [];
  }
  return callsBelow(code.tree.topNode)
    .filter((call) => dottedNames(call.firstChild, code).at(-1) === code.textOf(own))
    .map((call) => argumentOf(call, code, name, position))
    .filter((value) => value !== null);
}

export function findFunction(name: string, code: PythonCode): SyntaxNode | null {
  return findDefinition('FunctionDefinition', name, code);
}

export function findClass(name: string, code: PythonCode): SyntaxNode | null {
  return findDefinition('ClassDefinition', name, code);
}

function findDefinition(kind: string, name: string, code: PythonCode): SyntaxNode | null {
  const found = nodesBelow(code.tree.topNode, [kind]).find((node) => {
    const own = node.getChild('VariableName');
    return own !== null && code.textOf(own) === name;
  });
  return found ?? null;
}

/** A loader that shuffles or samples, unless its name says that it is for something else. */
function isForTraining(call: SyntaxNode, code: PythonCode): boolean {
  const statement = enclosing(call, ['AssignStatement', 'ReturnStatement']);
  const target = statement?.name === 'AssignStatement' ? statement.firstChild : null;
  const words = `${target === null ? '' : code.textOf(target)} ${nameOfDataset(call, code)}`;
  return !NOT_TRAINING.test(words);
}

function nameOfDataset(call: SyntaxNode, code: PythonCode): string {
  const dataset = argumentOf(call, code, 'dataset', 0);
  return dataset === null || callArguments(call, code).length === 0 ? '' : code.textOf(dataset);
}

function distinct(nodes: readonly SyntaxNode[]): readonly SyntaxNode[] {
  return [...new Map(nodes.map((node) => [node.from, node])).values()];
}
