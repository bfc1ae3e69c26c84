import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common';
import { dottedNames, iterableOf, parameterNames, type PythonCode } from './python-code.ts';

export interface PythonClass {
  readonly name: string;
  /** The last name of each base: `pl.LightningModule` → `LightningModule`. */
  readonly bases: readonly string[];
  readonly node: SyntaxNode;
  readonly methods: Map<string, PythonFunction>;
}

/** A function of the file, or its top, whose name is null. */
export interface PythonFunction {
  readonly name: string | null;
  readonly node: SyntaxNode;
  readonly parent: PythonFunction | null;
  readonly ofClass: PythonClass | null;
  readonly parameters: readonly string[];
  /** With imports followed: `jax jit`. */
  readonly decorators: readonly (readonly string[])[];
  readonly units: CodeUnit[];
  readonly loops: PythonLoop[];
}

export interface PythonLoop {
  readonly node: SyntaxNode;
  readonly function: PythonFunction;
  readonly parent: PythonLoop | null;
  /** What a `for` goes over. */
  readonly iterable: SyntaxNode | null;
  readonly head: CodeUnit;
}

/** A simple statement, or the head of a compound one. */
export interface CodeUnit {
  readonly node: SyntaxNode;
  readonly from: number;
  readonly to: number;
  readonly function: PythonFunction;
  /** The innermost; of the head of a loop the loop around it. */
  readonly loop: PythonLoop | null;
  /** Inside of `with torch.no_grad():` or the like. */
  readonly isWithoutGradients: boolean;
  readonly calls: SyntaxNode[];
}

/** What a file consists of, gathered in one pass. */
export interface CodeFacts {
  readonly code: PythonCode;
  readonly top: PythonFunction;
  readonly functions: readonly PythonFunction[];
  readonly classes: ReadonlyMap<string, PythonClass>;
  readonly functionsByName: ReadonlyMap<string, readonly PythonFunction[]>;
  readonly methodsByName: ReadonlyMap<string, readonly PythonFunction[]>;
}

const COMPOUND = new Set([
  'ForStatement',
  'WhileStatement',
  'WithStatement',
  'IfStatement',
  'TryStatement',
  'MatchStatement',
]);

const SIMPLE = new Set([
  'ExpressionStatement',
  'AssignStatement',
  'UpdateStatement',
  'ReturnStatement',
  'YieldStatement',
  'RaiseStatement',
  'AssertStatement',
  'DeleteStatement',
]);

/** Of one name so many functions are told apart. */
const MAX_NAMESAKES = 64;

const WITHOUT_GRADIENTS: readonly string[] = ['no_grad', 'inference_mode'];

/** Whether a call or decorator turns gradients off. */
export function turnsGradientsOff(callee: readonly string[]): boolean {
  return WITHOUT_GRADIENTS.includes(callee.at(-1) ?? '');
}

/** Whether a loop is one of these, or in one of them. */
export function isInsideLoop(loop: PythonLoop | null, loops: ReadonlySet<PythonLoop>): boolean {
  for (let around = loop; around !== null; around = around.parent) {
    if (loops.has(around)) {
      return true;
    }
  }
  return false;
}

export function collectFacts(code: PythonCode): CodeFacts {
  const collector = new FactsCollector(code);
  code.tree.iterate({
    enter: (node) => collector.enter(node),
    leave: (node) => collector.leave(node),
  });
  return collector.facts;
}

/** What is around a node. */
interface Place {
  readonly function: PythonFunction;
  readonly ofClass: PythonClass | null;
  readonly loop: PythonLoop | null;
  readonly unit: CodeUnit | null;
  readonly isWithoutGradients: boolean;
}

class FactsCollector {
  readonly facts: CodeFacts;
  readonly #functions: PythonFunction[] = [];
  readonly #classes = new Map<string, PythonClass>();
  readonly #functionsByName = new Map<string, PythonFunction[]>();
  readonly #methodsByName = new Map<string, PythonFunction[]>();
  readonly #outer: Place[] = [];
  #place: Place;

  constructor(private readonly code: PythonCode) {
    const top = newFunction(null, code.tree.topNode, null, null);
    this.#functions.push(top);
    this.facts = {
      code,
      top,
      functions: this.#functions,
      classes: this.#classes,
      functionsByName: this.#functionsByName,
      methodsByName: this.#methodsByName,
    };
    this.#place = {
      function: top,
      ofClass: null,
      loop: null,
      unit: null,
      isWithoutGradients: false,
    };
  }

  enter({ name, node }: SyntaxNodeRef): void {
    if (name === 'CallExpression') {
      this.#place.unit?.calls.push(node);
    } else if (name === 'Body') {
      this.#push(this.#inBody(node));
    } else if (name === 'FunctionDefinition') {
      this.#push(this.#inFunction(node));
    } else if (name === 'ClassDefinition') {
      this.#push({ ...this.#place, ofClass: this.#addClass(node), unit: null });
    } else if (COMPOUND.has(name) || SIMPLE.has(name)) {
      this.#push({ ...this.#place, unit: this.#addUnit(node, COMPOUND.has(name)) });
    }
  }

  leave({ name }: SyntaxNodeRef): void {
    const isPlace =
      name === 'Body' ||
      name === 'FunctionDefinition' ||
      name === 'ClassDefinition' ||
      COMPOUND.has(name) ||
      SIMPLE.has(name);
    const outer = isPlace ? this.#outer.pop() : undefined;
    this.#place = outer ?? this.#place;
  }

  #push(place: Place): void {
    this.#outer.push(this.#place);
    this.#place = place;
  }

  #addUnit(node: SyntaxNode, isHead: boolean): CodeUnit {
    const { function: around, loop, isWithoutGradients } = this.#place;
    const unit: CodeUnit = {
      node,
      from: node.from,
      to: isHead ? (node.getChild('Body')?.from ?? node.to) : node.to,
      function: around,
      loop,
      isWithoutGradients,
      calls: [],
    };
    around.units.push(unit);
    return unit;
  }

  #inBody({ parent }: SyntaxNode): Place {
    const place = this.#place;
    const head = place.unit;
    if (parent === null || head === null) {
      return place;
    }
    if (parent.name === 'ForStatement' || parent.name === 'WhileStatement') {
      return { ...place, loop: this.#addLoop(parent, head), unit: null };
    }
    const turnsOff =
      parent.name === 'WithStatement' &&
      head.calls.some((call) => turnsGradientsOff(this.code.calleeOf(call)));
    return { ...place, unit: null, isWithoutGradients: place.isWithoutGradients || turnsOff };
  }

  /** The `else` of a loop counts as a part of it. */
  #addLoop(node: SyntaxNode, head: CodeUnit): PythonLoop {
    const known = this.#place.function.loops.at(-1);
    if (known?.node.from === node.from) {
      return known;
    }
    const loop: PythonLoop = {
      node,
      function: head.function,
      parent: head.loop,
      iterable: iterableOf(node),
      head,
    };
    head.function.loops.push(loop);
    return loop;
  }

  #addClass(node: SyntaxNode): PythonClass {
    const names = node.getChild('VariableName');
    const bases: string[] = [];
    for (let base = node.getChild('ArgList')?.firstChild; base; base = base.nextSibling) {
      bases.push(dottedNames(base, this.code).at(-1) ?? '?');
    }
    const name = names === null ? '?' : this.code.textOf(names);
    const found: PythonClass = { name, bases, node, methods: new Map() };
    this.#classes.set(name, found);
    return found;
  }

  #inFunction(node: SyntaxNode): Place {
    const { function: parent, ofClass } = this.#place;
    const nameNode = node.getChild('VariableName');
    const name = nameNode === null ? '?' : this.code.textOf(nameNode);
    const found: PythonFunction = {
      ...newFunction(name, node, parent, ofClass),
      parameters: parametersOf(node, this.code),
      decorators: decoratorsOf(node, this.code),
    };
    this.#functions.push(found);
    const isMethod = ofClass !== null && parent.ofClass !== ofClass;
    if (isMethod) {
      ofClass.methods.set(name, found);
    }
    const byName = isMethod ? this.#methodsByName : this.#functionsByName;
    byName.set(name, [...(byName.get(name) ?? []).slice(-MAX_NAMESAKES), found]);
    const off = found.decorators.some(turnsGradientsOff);
    return { function: found, ofClass, loop: null, unit: null, isWithoutGradients: off };
  }
}

function newFunction(
  name: string | null,
  node: SyntaxNode,
  parent: PythonFunction | null,
  ofClass: PythonClass | null,
): PythonFunction {
  return {
    name,
    node,
    parent,
    ofClass,
    parameters: [],
    decorators: [],
    units: [],
    loops: [],
  };
}

function parametersOf(node: SyntaxNode, code: PythonCode): readonly string[] {
  const list = node.getChild('ParamList');
  return list === null ? [] : parameterNames(list, code);
}

function decoratorsOf({ parent }: SyntaxNode, code: PythonCode): (readonly string[])[] {
  const decorators = parent?.name === 'DecoratedStatement' ? parent.getChildren('Decorator') : [];
  return decorators.map((decorator) => {
    const names = code.decoratorOf(decorator);
    const inner = decorator.getChild('ArgList')?.firstChild?.nextSibling ?? null;
    const argument = names.at(-1) === 'partial' ? dottedNames(inner, code) : [];
    return argument.length === 0 ? names : argument;
  });
}
