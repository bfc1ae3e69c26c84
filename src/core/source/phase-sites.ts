import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import type { Deed } from './call-deeds.ts';
import { type CodeUnit, isInsideLoop, type PythonFunction, type PythonLoop } from './code-facts.ts';
import {
  type Act,
  EFFECT,
  type FileEffects,
  type FunctionEffects,
  type OwnCall,
  TRAINS,
} from './function-effects.ts';
import { deedOfOwnCall, deedsOfCompiled } from './helper-deeds.ts';
import { argumentsOf, type PythonCode } from './python-code.ts';
import { type Draft, lossesOfForward, MAX_SITES, toSites, weighAct } from './site-drafts.ts';
import type { PhaseSite, TrainingLoop } from './training-code.ts';
import { idiomOf } from './training-idiom.ts';

/** A loop that trains. */
export interface FoundLoop {
  readonly loop: PythonLoop;
  /** Whether it updates weights too. */
  readonly isWhole: boolean;
  readonly hasBatches: boolean;
}

const MAX_CALLERS = 4;

const BETWEEN_LOOPS: readonly Phase[] = ['validation', 'checkpoint'];

/** Functions that leave what goes through them as it is. */
const AROUND_BATCHES: readonly string[] = ['enumerate', 'tqdm', 'islice', 'iter', 'cycle', 'track'];

const KEEP_ALL = (): boolean => true;

/** Takes together what a loop, the helpers that it calls and the code around it do. */
export function gatherSites(
  found: FoundLoop,
  all: ReadonlySet<PythonLoop>,
  effects: FileEffects,
): TrainingLoop {
  const { loop } = found;
  const { code } = effects.facts;
  const gatherer = new SiteGatherer(effects, all);
  gatherer.addLoop(loop);
  gatherer.addSurroundings(loop.function);
  const { drafts } = gatherer;
  drafts.push(...lossesOfForward(drafts));
  const hasData = drafts.some(({ deed }) => deed.phase === 'data');
  const isRange = isCallOf(loop.iterable, ['range', 'count', 'trange'], code);
  if (!hasData && loop.iterable !== null && !isRange) {
    drafts.push({
      unit: loop.head,
      node: loop.node,
      deed: { phase: 'data', certainty: 'likely', weight: 1 },
      isInLoop: true,
    });
  }
  const iterates = drafts.some(({ unit, deed }) => unit === loop.head && deed.phase === 'data');
  const inner = iterates && loop.iterable !== null ? unwrapBatches(loop.iterable, code) : null;
  const isSure =
    found.isWhole &&
    hasData &&
    drafts.some(({ deed }) => deed.phase === 'backward' && deed.certainty === 'sure');
  return {
    idiom: idiomOf(drafts, effects),
    line: code.lineOf(loop.node.from),
    from: loop.node.from,
    to: loop.node.to,
    functionName: loop.function.name,
    batches: inner === null ? null : { from: inner.from, to: inner.to },
    sites: toSites(drafts, code),
    certainty: isSure ? 'sure' : 'likely',
  };
}

/** The statements of a function, such as a framework's hook, and of what it calls. */
export function gatherFunction(owner: PythonFunction, effects: FileEffects): readonly PhaseSite[] {
  const gatherer = new SiteGatherer(effects, new Set());
  gatherer.addFunction(owner);
  return toSites(gatherer.drafts, effects.facts.code);
}

class SiteGatherer {
  readonly drafts: Draft[] = [];
  readonly #visited = new Set<PythonFunction>();
  readonly #heads: ReadonlySet<CodeUnit>;

  constructor(
    private readonly effects: FileEffects,
    private readonly loops: ReadonlySet<PythonLoop>,
  ) {
    this.#heads = new Set([...loops].map(({ head }) => head));
  }

  addLoop(loop: PythonLoop): void {
    this.#visited.add(loop.function);
    this.#addUnits(this.effects.of(loop.function), isPartOf(loop));
  }

  addFunction(owner: PythonFunction): void {
    if (!this.#visited.has(owner) && this.drafts.length < MAX_SITES) {
      this.#visited.add(owner);
      this.#addUnits(this.effects.of(owner), () => true);
    }
  }

  /** Validation and checkpoints around the loop, in its function and in those that call it. */
  addSurroundings(owner: PythonFunction): void {
    const outside = (unit: CodeUnit): boolean =>
      !this.#heads.has(unit) && !isInsideLoop(unit.loop, this.loops);
    for (const around of this.#callersOf(owner)) {
      const before = this.drafts.length;
      this.#addUnits(this.effects.of(around), outside, (deed) =>
        BETWEEN_LOOPS.includes(deed.phase),
      );
      const added = this.drafts.splice(before);
      this.drafts.push(...added.map(atEdge));
    }
  }

  #callersOf(owner: PythonFunction): readonly PythonFunction[] {
    const chain = [owner];
    for (let i = 0; i < chain.length && chain.length < MAX_CALLERS; i++) {
      const callers = this.effects.callersOf(chain[i]).slice(0, MAX_CALLERS);
      chain.push(...callers.filter((caller) => !chain.includes(caller)));
    }
    return chain;
  }

  #addUnits(
    of: FunctionEffects,
    isWanted: (unit: CodeUnit) => boolean,
    isKept: (deed: Deed) => boolean = KEEP_ALL,
  ): void {
    const validation = this.effects.validationLoopsOf(of.function);
    const training = namesOfTrainingCalls(of, this.effects);
    const isUsed = (unit: CodeUnit): boolean =>
      isWanted(unit) && !isInsideLoop(unit.loop, validation);
    const add = (unit: CodeUnit, node: SyntaxNode, deed: Deed): void => {
      if (isKept(deed)) {
        this.drafts.push({ unit, node, deed, isInLoop: true });
      }
    };
    for (const loop of validation) {
      if (isUsed(loop.head)) {
        add(loop.head, loop.node, { phase: 'validation', certainty: 'sure', weight: 2 });
      }
    }
    const heads = new Set([...validation].map(({ head }) => head));
    for (const act of of.acts) {
      const { unit, node } = act;
      if (isUsed(unit) && !heads.has(unit) && !training.has(act)) {
        add(unit, node, weighAct(act, this.effects.facts.code));
      }
    }
    for (const call of of.calls) {
      if (isUsed(call.unit)) {
        this.#addCall(call, add, isKept === KEEP_ALL);
      }
    }
  }

  #addCall(
    call: OwnCall,
    add: (unit: CodeUnit, node: SyntaxNode, deed: Deed) => void,
    mayGoIn: boolean,
  ): void {
    const { unit, node, target } = call;
    const sum = this.effects.effectOfCall(call);
    if (call.isTraced && (sum & TRAINS) !== 0) {
      deedsOfCompiled(sum).forEach((deed) => add(unit, node, deed));
      return;
    }
    const deed = deedOfOwnCall(call, sum, this.effects);
    if (deed !== null) {
      add(unit, node, deed);
    }
    const goesIn =
      deed === null
        ? sum !== 0 && sum !== EFFECT.loop
        : deed.phase === 'data' && (sum & EFFECT.copy) !== 0;
    if (goesIn && mayGoIn) {
      const before = this.drafts.length;
      this.addFunction(target);
      const added = this.drafts.splice(before);
      this.drafts.push(...added.filter((draft) => deed === null || draft.deed.phase === 'h2d'));
    }
  }
}

/** What is done once, before the epochs or after them, is less telling than what each epoch does. */
function atEdge(draft: Draft): Draft {
  const { deed, unit } = draft;
  const weight = unit.loop === null ? deed.weight / 2 : deed.weight;
  return { ...draft, deed: { ...deed, weight }, isInLoop: false };
}

/** Acts that only the name of a variable tells, where the statement calls what trains. */
function namesOfTrainingCalls(
  { acts, calls }: FunctionEffects,
  effects: FileEffects,
): ReadonlySet<Act> {
  const units = new Set(
    calls.filter(({ target }) => (effects.sumOf(target) & TRAINS) !== 0).map(({ unit }) => unit),
  );
  return new Set(acts.filter(({ unit, node }) => node === unit.node && units.has(unit)));
}

function isPartOf({ node, head }: PythonLoop): (unit: CodeUnit) => boolean {
  return (unit) => unit === head || (node.from <= unit.from && unit.to <= node.to);
}

/** `enumerate(tqdm(loader))` → `loader`. */
function unwrapBatches(iterable: SyntaxNode, code: PythonCode): SyntaxNode {
  let inner = iterable;
  while (isCallOf(inner, AROUND_BATCHES, code)) {
    const first = argumentsOf(inner.lastChild, code).at(0);
    if (first === undefined) {
      break;
    }
    inner = first.value;
  }
  return inner;
}

function isCallOf(node: SyntaxNode | null, names: readonly string[], code: PythonCode): boolean {
  return node?.name === 'CallExpression' && names.includes(code.calleeOf(node).at(-1) ?? '');
}
