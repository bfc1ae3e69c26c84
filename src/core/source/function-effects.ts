import type { SyntaxNode } from '@lezer/common';
import { type Deed, deedsOf } from './call-deeds.ts';
import {
  type CodeFacts,
  type CodeUnit,
  type PythonFunction,
  type PythonLoop,
} from './code-facts.ts';
import { findOwnByNames, findOwnFunction } from './own-functions.ts';
import { argumentsOf, childrenOf, dottedNames } from './python-code.ts';
import { splitAssignment } from './assignments.ts';
import type { ValueRoles } from './value-roles.ts';

/** What a piece of code does, itself or in what it calls; bits of a number. */
export const EFFECT = {
  gradients: 1,
  update: 2,
  batch: 4,
  forward: 8,
  /** A forward pass of which no gradients are kept. */
  inference: 16,
  loss: 32,
  copy: 64,
  checkpoint: 128,
  logging: 256,
  loop: 512,
} as const;

export const TRAINS = EFFECT.gradients | EFFECT.update;

/** A deed and the statement that does it. */
export interface Act {
  readonly unit: CodeUnit;
  /** The call, or the statement where no call does it. */
  readonly node: SyntaxNode;
  readonly deed: Deed;
}

/** A call of a function of the same file. */
export interface OwnCall {
  readonly unit: CodeUnit;
  readonly node: SyntaxNode;
  readonly target: PythonFunction;
  readonly isTraced: boolean;
}

export interface FunctionEffects {
  readonly function: PythonFunction;
  readonly acts: readonly Act[];
  readonly calls: readonly OwnCall[];
  /** Whether the model is in evaluation mode where a loop begins. */
  readonly evaluating: ReadonlySet<PythonLoop>;
}

/** A chain of so many calls is not followed further. */
const MAX_DEPTH = 100;

const EFFECT_OF_PHASE: Readonly<Partial<Record<Deed['phase'], number>>> = {
  loss: EFFECT.loss,
  h2d: EFFECT.copy,
  checkpoint: EFFECT.checkpoint,
  logging: EFFECT.logging,
};

/** Wrappers whose function runs once to be compiled. */
const TRACERS: ReadonlySet<string> = new Set([
  'jit',
  'pmap',
  'filter_jit',
  'filter_pmap',
  'compile',
]);

const NOTHING = { targets: [], values: [] };
const LOSS_NAME = /(^|_)loss$/;

/** Callables that only keep a function, to be called elsewhere. */
const KEEPERS: ReadonlySet<string> = new Set([
  'DataLoader',
  'Thread',
  'Process',
  'spawn',
  'register',
  'signal',
]);

/** What each function of a file does, found on demand and once. */
export class FileEffects {
  readonly #effects = new Map<PythonFunction, FunctionEffects>();
  readonly #validation = new Map<PythonFunction, ReadonlySet<PythonLoop>>();
  #callers: ReadonlyMap<PythonFunction, readonly PythonFunction[]> | null = null;
  readonly #sums = new Map<PythonFunction, number>();
  readonly #aliases: ReadonlyMap<string, { target: PythonFunction; isTraced: boolean }>;

  constructor(
    readonly facts: CodeFacts,
    readonly roles: ValueRoles,
  ) {
    this.#aliases = this.#findAliases();
  }

  of(owner: PythonFunction): FunctionEffects {
    let known = this.#effects.get(owner);
    if (known === undefined) {
      known = this.#collect(owner);
      this.#effects.set(owner, known);
    }
    return known;
  }

  /** The effects of a function and of all that it calls. */
  sumOf(owner: PythonFunction, depth = 0): number {
    const known = this.#sums.get(owner);
    if (known !== undefined || depth > MAX_DEPTH) {
      return known ?? 0;
    }
    this.#sums.set(owner, 0);
    const { acts, calls } = this.of(owner);
    let sum = owner.loops.length > 0 ? EFFECT.loop : 0;
    for (const act of acts) {
      sum |= effectOf(act);
    }
    for (const call of calls) {
      sum |= this.effectOfCall(call, depth + 1);
    }
    this.#sums.set(owner, sum);
    return sum;
  }

  effectOfCall({ target, unit }: OwnCall, depth = 0): number {
    const sum = this.sumOf(target, depth);
    const isInference = unit.isWithoutGradients && (sum & EFFECT.forward) !== 0;
    return isInference ? (sum & ~EFFECT.forward) | EFFECT.inference : sum;
  }

  /** Loops of a function that run the model and learn nothing. */
  validationLoopsOf(owner: PythonFunction): ReadonlySet<PythonLoop> {
    let known = this.#validation.get(owner);
    if (known === undefined) {
      known = this.#findValidationLoops(this.of(owner));
      this.#validation.set(owner, known);
    }
    return known;
  }

  callersOf(owner: PythonFunction): readonly PythonFunction[] {
    this.#callers ??= this.#findCallers();
    return this.#callers.get(owner) ?? [];
  }

  #findCallers(): ReadonlyMap<PythonFunction, readonly PythonFunction[]> {
    const callers = new Map<PythonFunction, PythonFunction[]>();
    for (const caller of this.facts.functions) {
      for (const target of new Set(this.of(caller).calls.map((call) => call.target))) {
        const known = callers.get(target) ?? [];
        known.push(caller);
        callers.set(target, known);
      }
    }
    return callers;
  }

  #findValidationLoops({
    function: owner,
    acts,
    calls,
    evaluating,
  }: FunctionEffects): ReadonlySet<PythonLoop> {
    const sums = new Map<PythonLoop, number>();
    const add = (from: PythonLoop | null, effect: number): void => {
      for (let loop = from; loop !== null; loop = loop.parent) {
        sums.set(loop, (sums.get(loop) ?? 0) | effect);
      }
    };
    for (const act of acts) {
      add(act.unit.loop, effectOf(act));
    }
    for (const call of calls) {
      add(call.unit.loop, this.effectOfCall(call));
    }
    return new Set(
      owner.loops.filter((loop) => {
        const sum = sums.get(loop) ?? 0;
        const isInference = (sum & EFFECT.inference) !== 0 && (sum & EFFECT.forward) === 0;
        const isEvaluating = evaluating.has(loop) && (sum & EFFECT.forward) !== 0;
        return (sum & TRAINS) === 0 && (isInference || isEvaluating);
      }),
    );
  }

  isTraced({ decorators }: PythonFunction): boolean {
    return decorators.some(isTracer);
  }

  #collect(owner: PythonFunction): FunctionEffects {
    const acts: Act[] = [];
    const calls: OwnCall[] = [];
    const evaluating = new Set<PythonLoop>();
    let isEvaluating = false;
    const loopByHead = new Map(owner.loops.map((loop) => [loop.head, loop]));
    for (const unit of owner.units) {
      const loop = loopByHead.get(unit);
      if (loop !== undefined && isEvaluating) {
        evaluating.add(loop);
      }
      for (const node of unit.calls) {
        isEvaluating = modeAfter(
          dottedNames(node.firstChild, this.facts.code).at(-1) ?? '',
          node,
          isEvaluating,
        );
        const own = this.#ownCalls(node, unit);
        calls.push(...own.calls);
        if (!own.isOwn) {
          const deeds = deedsOf(node, this.facts.code, this.roles);
          acts.push(...deeds.map((deed) => ({ unit, node, deed })));
        }
      }
      acts.push(...this.#deedsOfNames(unit, loop));
    }
    return { function: owner, acts, calls, evaluating };
  }

  #ownCalls(
    node: SyntaxNode,
    unit: CodeUnit,
  ): { readonly calls: readonly OwnCall[]; readonly isOwn: boolean } {
    const names = dottedNames(node.firstChild, this.facts.code);
    const alias = this.#aliases.get(names.join('.'));
    const target = alias?.target ?? findOwnFunction(node, this.facts);
    if (target !== null) {
      const isTraced = alias?.isTraced === true || this.isTraced(target);
      const isCall = target.name !== '__init__';
      return { calls: isCall ? [{ unit, node, target, isTraced }] : [], isOwn: true };
    }
    return { calls: this.#passedFunctions(node, names.at(-1) ?? '', unit), isOwn: false };
  }

  /** `optimizer.step(closure)`, `jax.value_and_grad(loss_fn)`. */
  #passedFunctions(node: SyntaxNode, callee: string, unit: CodeUnit): OwnCall[] {
    if (KEEPERS.has(callee)) {
      return [];
    }
    const found: OwnCall[] = [];
    for (const { value } of argumentsOf(node.lastChild, this.facts.code).slice(0, 4)) {
      const names = ['VariableName', 'MemberExpression'].includes(value.name)
        ? dottedNames(value, this.facts.code)
        : [];
      const target =
        names.length === 0 || this.facts.classes.has(names[0])
          ? null
          : findOwnByNames(names, node, this.facts);
      if (target !== null) {
        found.push({ unit, node, target, isTraced: TRACERS.has(callee) || this.isTraced(target) });
      }
    }
    return found;
  }

  /** What is told by names alone: the loader of a loop, the variable of a loss. */
  #deedsOfNames(unit: CodeUnit, loop: PythonLoop | undefined): Act[] {
    if (loop !== undefined) {
      const role = this.roles.of(loop.iterable);
      const isBatches = role?.role === 'loader' || role?.role === 'iterator';
      const certainty = role?.role === 'loader' || role?.isShown === true ? 'sure' : 'likely';
      const deed: Deed = { phase: 'data', certainty, weight: 2, makes: 'batch' };
      return isBatches ? [{ unit, node: unit.node, deed }] : [];
    }
    return unit.node.name === 'AssignStatement' ? this.#deedsOfAssignment(unit) : [];
  }

  #deedsOfAssignment(unit: CodeUnit): Act[] {
    const { targets, values } = splitAssignment(unit.node);
    const isLoss = targets.flat().some((name) => LOSS_NAME.test(this.facts.code.textOf(name)));
    const isComputed = values.some((value) => this.#isComputed(value));
    const deed: Deed = { phase: 'loss', certainty: 'likely', weight: isComputed ? 1.5 : 0.5 };
    return isLoss ? [{ unit, node: unit.node, deed }] : [];
  }

  /** Not `outputs.loss`, nor `loss / 4`. */
  #isComputed(value: SyntaxNode): boolean {
    if (value.name === 'BinaryExpression') {
      return !LOSS_NAME.test(dottedNames(value.firstChild, this.facts.code).at(-1) ?? '');
    }
    return value.name === 'CallExpression';
  }

  /** `train_step = jax.jit(step)`. */
  #findAliases(): ReadonlyMap<string, { target: PythonFunction; isTraced: boolean }> {
    const aliases = new Map<string, { target: PythonFunction; isTraced: boolean }>();
    const { code, functions } = this.facts;
    for (const { node } of functions.flatMap(({ units }) => units)) {
      const { targets, values } = node.name === 'AssignStatement' ? splitAssignment(node) : NOTHING;
      const [value] = values;
      const name = dottedNames(targets[0]?.[0] ?? null, code).join('.');
      const isCall = values.length === 1 && value.name === 'CallExpression';
      const alias = isCall && name !== '' ? this.#aliasOf(value) : null;
      if (alias !== null) {
        aliases.set(name, alias);
      }
    }
    return aliases;
  }

  #aliasOf(call: SyntaxNode): { target: PythonFunction; isTraced: boolean } | null {
    const { code } = this.facts;
    const callee = code.calleeOf(call);
    const isTraced = isTracer(callee);
    if (!isTraced && callee.at(-1) !== 'partial') {
      return null;
    }
    const first = argumentsOf(call.lastChild, code)[0]?.value ?? null;
    const target = findOwnByNames(dottedNames(first, code), call, this.facts);
    return target === null || target.name === '__init__' ? null : { target, isTraced };
  }
}

export function effectOf({ deed, unit }: Act): number {
  const makes = deed.makes === undefined ? 0 : EFFECT[deed.makes];
  const forward = deed.phase === 'forward' ? EFFECT.forward : 0;
  const pass = forward !== 0 && unit.isWithoutGradients ? EFFECT.inference : forward;
  return makes | pass | (EFFECT_OF_PHASE[deed.phase] ?? 0);
}

function isTracer(callee: readonly string[]): boolean {
  const last = callee.at(-1) ?? '';
  return TRACERS.has(last) || (last === 'function' && /^(tf|tensorflow)$/.test(callee[0] ?? ''));
}

function modeAfter(method: string, call: SyntaxNode, isEvaluating: boolean): boolean {
  if (call.firstChild?.name !== 'MemberExpression' || !['eval', 'train'].includes(method)) {
    return isEvaluating;
  }
  return (
    method === 'eval' ||
    childrenOf(call.lastChild).some(({ name, from, to }) => name === 'Boolean' && to - from === 5)
  );
}
