import type { SyntaxNode } from '@lezer/common';
import type { CodeFacts, PythonClass, PythonFunction } from './code-facts.ts';
import { findOwnFunction } from './own-functions.ts';
import { splitAssignment, valuesAfter } from './assignments.ts';
import { argumentsOf, childrenOf, dottedNames } from './python-code.ts';
import {
  OWN_METHODS,
  roleOfConstructor,
  roleOfName,
  USES,
  type ValueRole,
  WRAPPERS,
} from './role-names.ts';

export interface KnownRole {
  readonly role: ValueRole;
  /** Whether the code shows it; else only the name does. */
  readonly isShown: boolean;
}

const DEEPSPEED: readonly (ValueRole | null)[] = ['engine', 'optimizer', 'loader', 'scheduler'];
/** Names pass from call to call this many times. */
const ROUNDS = 3;
const MAX_RETURNS = 8;
/** Values inside of values are followed so far. */
const MAX_DEPTH = 4;

/** What the names of a file stand for: shown by what is assigned to them and done with them, else by the name. */
export class ValueRoles {
  /** By name as written, `self.optimizer` included; null where the file gives it several roles. */
  readonly #roles = new Map<string, ValueRole | null>();

  constructor(private readonly facts: CodeFacts) {
    this.#noteUses();
    for (let round = 0; round < ROUNDS; round++) {
      const before = this.#roles.size;
      this.#noteAssignments();
      this.#noteArguments();
      if (round > 0 && this.#roles.size === before) {
        break;
      }
    }
  }

  /** Of a name, a wrapped name or a call that makes the value. */
  of(node: SyntaxNode | null): KnownRole | null {
    const shown = this.#shownRole(node);
    if (shown !== null) {
      return { role: shown, isShown: true };
    }
    const names = dottedNames(node, this.facts.code);
    const named = this.#roles.has(names.join('.')) ? null : roleOfName(names.at(-1) ?? '');
    return named === null ? null : { role: named, isShown: false };
  }

  #shownRole(node: SyntaxNode | null, depth = 0): ValueRole | null {
    if (node === null || depth > MAX_DEPTH) {
      return null;
    }
    switch (node.name) {
      case 'CallExpression':
        return this.#roleOfCall(node, depth);
      case 'ConditionalExpression':
      case 'ParenthesizedExpression':
        return this.#firstRole(childrenOf(node), depth + 1);
      default:
        return node.lastChild?.name === ']'
          ? this.#shownRole(node.firstChild, depth + 1)
          : this.#roleOfNames(dottedNames(node, this.facts.code));
    }
  }

  #firstRole(nodes: readonly SyntaxNode[], depth: number): ValueRole | null {
    return nodes.map((node) => this.#shownRole(node, depth)).find((role) => role !== null) ?? null;
  }

  #roleOfNames(names: readonly string[]): ValueRole | null {
    const last = names.at(-1) ?? '';
    if (names.length > 1 && last === 'module') {
      return this.#roles.get(names.slice(0, -1).join('.')) ?? null;
    }
    return this.#roles.get(names.join('.')) ?? this.#roles.get(`self.${last}`) ?? null;
  }

  #roleOfCall(call: SyntaxNode, depth: number): ValueRole | null {
    const { code } = this.facts;
    const target = call.firstChild;
    const callee = code.calleeOf(call);
    const last = callee.at(-1) ?? '';
    if (last === 'iter') {
      return 'iterator';
    }
    if (WRAPPERS.has(last)) {
      return this.#shownRole(argumentsOf(call.lastChild, code)[0]?.value ?? null, depth + 1);
    }
    if (OWN_METHODS.has(last) && target?.name === 'MemberExpression') {
      return this.#shownRole(target.firstChild, depth + 1);
    }
    return target?.name === 'CallExpression' ? null : this.#roleOfMade(callee, last);
  }

  #roleOfMade(callee: readonly string[], last: string): ValueRole | null {
    const { classes } = this.facts;
    const own = classes.get(last);
    const isModel =
      own === undefined ? callee.length > 1 && callee.includes('models') : isModule(own, classes);
    return isModel ? 'model' : roleOfConstructor(last);
  }

  #set(names: readonly string[], role: ValueRole | null): void {
    const key = names.join('.');
    if (role === null || key === '' || names.includes('?')) {
      return;
    }
    const known = this.#roles.get(key);
    const isEngine = known === 'engine' && role === 'model';
    if (known === undefined || known === role || isEngine) {
      this.#roles.set(key, isEngine ? 'engine' : role);
    } else {
      this.#roles.set(key, role === 'engine' && known === 'model' ? 'engine' : null);
    }
  }

  #noteUses(): void {
    const { code, functions } = this.facts;
    const stepping = new Map<string, Set<string>>();
    for (const call of functions.flatMap(({ units }) => units.flatMap(({ calls }) => calls))) {
      const names = dottedNames(call.firstChild, code);
      const object = names.slice(0, -1);
      const method = names.at(-1) ?? '';
      this.#set(object, USES.get(method) ?? null);
      if (['step', 'zero_grad', 'backward'].includes(method)) {
        const key = object.join('.');
        stepping.set(key, (stepping.get(key) ?? new Set()).add(method));
      }
    }
    for (const [key, methods] of stepping) {
      const isEngine = methods.has('backward') && methods.has('step');
      const isOptimizer = methods.has('zero_grad') && methods.has('step');
      if (isEngine || isOptimizer) {
        this.#roles.delete(key);
        this.#set(key.split('.'), isEngine ? 'engine' : 'optimizer');
      }
    }
  }

  #noteAssignments(): void {
    for (const { units } of this.facts.functions) {
      for (const { node } of units) {
        if (node.name === 'AssignStatement') {
          this.#noteAssignment(node);
        } else if (node.name === 'WithStatement') {
          this.#noteContexts(node);
        }
      }
    }
  }

  #noteAssignment(node: SyntaxNode): void {
    const { targets, values } = splitAssignment(node);
    const roles =
      values.length === 1
        ? this.#rolesOf(values[0])
        : values.map((value) => this.#shownRole(value));
    const common = roles.every((role) => role === roles[0]) ? (roles[0] ?? null) : null;
    const isTaken = values.length === 1 && values[0].name !== 'CallExpression';
    for (const target of targets) {
      target.forEach((name, index) => {
        const isOfOne = target.length === 1 ? roles.length > 1 : isTaken;
        const role = isOfOne ? common : (roles[index] ?? null);
        this.#set(dottedNames(name, this.facts.code), role);
      });
    }
  }

  #noteContexts(node: SyntaxNode): void {
    for (const child of childrenOf(node)) {
      if (child.prevSibling?.name === 'as') {
        this.#set(
          dottedNames(child, this.facts.code),
          this.#shownRole(child.prevSibling.prevSibling),
        );
      }
    }
  }

  /** One role of each value that an expression gives. */
  #rolesOf(value: SyntaxNode): readonly (ValueRole | null)[] {
    if (value.name !== 'CallExpression') {
      return [this.#shownRole(value)];
    }
    const { code } = this.facts;
    const callee = code.calleeOf(value);
    const last = callee.at(-1) ?? '';
    const values = argumentsOf(value.lastChild, code).filter(({ keyword }) => keyword === null);
    if (last === 'initialize' && callee.includes('deepspeed')) {
      return DEEPSPEED;
    }
    if (
      values.length > 1 &&
      ['prepare', 'setup', 'setup_dataloaders', 'initialize'].includes(last)
    ) {
      return values.map((argument) => this.of(argument.value)?.role ?? null);
    }
    const own = findOwnFunction(value, this.facts);
    return own === null ? [this.#shownRole(value)] : this.#returnsOf(own);
  }

  #returnsOf({ units }: PythonFunction): readonly (ValueRole | null)[] {
    const returns = units.filter(({ node }) => node.name === 'ReturnStatement').slice(-MAX_RETURNS);
    for (const { node } of returns) {
      const values = valuesAfter(node, 'return');
      const roles = values.map((value) => this.#shownRole(value));
      if (roles.some((role) => role !== null)) {
        return roles;
      }
    }
    return [];
  }

  /** Parameters are what calls of the same file give. */
  #noteArguments(): void {
    for (const { units } of this.facts.functions) {
      for (const call of units.flatMap(({ calls }) => calls)) {
        const own = findOwnFunction(call, this.facts);
        if (own !== null) {
          this.#noteCall(call, own);
        }
      }
    }
  }

  #noteCall(call: SyntaxNode, { parameters, ofClass, name }: PythonFunction): void {
    const isMethod = ofClass !== null && ofClass.methods.has(name ?? '');
    const names = isMethod ? parameters.slice(1) : parameters;
    argumentsOf(call.lastChild, this.facts.code).forEach(({ keyword, value }, index) => {
      const parameter = keyword ?? names.at(index) ?? '';
      const role =
        value.name === 'VariableName' || value.name === 'MemberExpression' ? this.of(value) : null;
      if (role?.isShown === true && names.includes(parameter)) {
        this.#set([parameter], role.role);
      }
    });
  }
}

function isModule(
  { bases, methods }: PythonClass,
  classes: ReadonlyMap<string, PythonClass>,
  depth = 0,
): boolean {
  const isOne = bases.some((base) => /(?<!Data)Module$|Model$|^PreTrained/.test(base));
  const inherits = (): boolean =>
    bases.some((base) => {
      const own = classes.get(base);
      return own !== undefined && depth < 8 && isModule(own, classes, depth + 1);
    });
  return isOne || (methods.has('forward') && methods.has('__init__')) || inherits();
}
