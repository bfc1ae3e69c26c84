import {
  isInsideLoop,
  collectFacts,
  type CodeUnit,
  type PythonFunction,
  type PythonLoop,
} from './code-facts.ts';
import { EFFECT, effectOf, FileEffects, TRAINS } from './function-effects.ts';
import { gatherSites, type FoundLoop } from './phase-sites.ts';
import type { PythonCode } from './python-code.ts';
import { findFrameworkLoops } from './framework-loops.ts';
import type { TrainingLoop } from './training-code.ts';
import { ValueRoles } from './value-roles.ts';

/** More loops than these no script has. */
const MAX_LOOPS = 100;
/** A chain of so many calls is not followed further. */
const MAX_DEPTH = 100;

/**
 * Finds the loops of a Python file that train, by what they do: they get batches, compute gradients
 * and update weights, themselves or in functions of the same file that they call. Loops that
 * evaluate are not among them. In the order of the text; broken code gives what can be read.
 */
export function findTrainingLoops(code: PythonCode): readonly TrainingLoop[] {
  const facts = collectFacts(code);
  const effects = new FileEffects(facts, new ValueRoles(facts));
  const found = new LoopFinder(effects).find();
  const around = new Set(found.map(({ loop }) => loop));
  const loops = found.slice(0, MAX_LOOPS).map((loop) => gatherSites(loop, around, effects));
  return [...loops, ...findFrameworkLoops(effects)].sort((a, b) => a.from - b.from);
}

/** Looks for the innermost loops that train. */
class LoopFinder {
  readonly #found: FoundLoop[] = [];
  readonly #visited = new Set<PythonFunction>();
  /** Functions that train in a loop of their own, so that a loop around their call is one of epochs. */
  readonly #leading = new Set<PythonFunction>();

  constructor(private readonly effects: FileEffects) {}

  find(): readonly FoundLoop[] {
    for (const wanted of [TRAINS, EFFECT.gradients]) {
      this.#visited.clear();
      for (const owner of this.effects.facts.functions) {
        this.#visit(owner, wanted, 0);
      }
      if (this.#found.length > 0) {
        break;
      }
    }
    return this.#found;
  }

  /** What is called comes first. */
  #visit(owner: PythonFunction, wanted: number, depth: number): void {
    if (this.#visited.has(owner) || depth > MAX_DEPTH) {
      return;
    }
    this.#visited.add(owner);
    const { calls } = this.effects.of(owner);
    for (const { target } of calls) {
      this.#visit(target, wanted, depth + 1);
    }
    const isFound = this.#searchLoops(owner, wanted);
    if (isFound || calls.some(({ target }) => this.#leading.has(target))) {
      this.#leading.add(owner);
    }
  }

  #searchLoops(owner: PythonFunction, wanted: number): boolean {
    const sums = this.#sumByLoop(owner);
    const giving = this.#loopsThatGetBatches(owner);
    const accepted = new Set<PythonLoop>();
    for (const loop of owner.loops.toReversed()) {
      const sum = sums.get(loop) ?? 0;
      const hasBatches = (sum & EFFECT.batch) !== 0 || giving.has(loop);
      const trains = (sum & wanted) === wanted;
      if (trains && (hasBatches || !isInsideLoop(loop.parent, giving))) {
        accepted.add(loop);
        this.#found.push({ loop, isWhole: wanted === TRAINS, hasBatches });
      } else if (loop.parent !== null) {
        sums.set(loop.parent, (sums.get(loop.parent) ?? 0) | sum);
      }
    }
    return accepted.size > 0;
  }

  /** Of each loop what it does directly, without the loops in it. */
  #sumByLoop(owner: PythonFunction): Map<PythonLoop, number> {
    const sums = new Map<PythonLoop, number>();
    const add = (unit: CodeUnit, effect: number): void => {
      if (unit.loop !== null) {
        sums.set(unit.loop, (sums.get(unit.loop) ?? 0) | effect);
      }
    };
    const { acts, calls } = this.effects.of(owner);
    for (const act of acts) {
      add(act.unit, effectOf(act));
    }
    for (const call of calls) {
      add(call.unit, this.#leading.has(call.target) ? 0 : this.effects.effectOfCall(call));
    }
    return sums;
  }

  #loopsThatGetBatches(owner: PythonFunction): ReadonlySet<PythonLoop> {
    const byHead = new Map(owner.loops.map((loop) => [loop.head, loop]));
    const { acts, calls } = this.effects.of(owner);
    const giving = new Set<PythonLoop>();
    for (const { unit, deed } of acts) {
      const loop = deed.makes === 'batch' ? (byHead.get(unit) ?? unit.loop) : null;
      if (loop !== null) {
        giving.add(loop);
      }
    }
    for (const { unit, target } of calls) {
      if (
        unit.loop !== null &&
        (this.effects.sumOf(target) & (EFFECT.batch | EFFECT.gradients)) === EFFECT.batch
      ) {
        giving.add(unit.loop);
      }
    }
    return giving;
  }
}
