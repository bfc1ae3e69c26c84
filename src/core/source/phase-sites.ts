import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import { type Deed, VALIDATION_CALL } from './call-deeds.ts';
import { type CodeUnit, isInsideLoop, type PythonFunction, type PythonLoop } from './code-facts.ts';
import {
  EFFECT,
  type FileEffects,
  type FunctionEffects,
  type OwnCall,
  TRAINS,
} from './function-effects.ts';
import { argumentsOf, dottedNames, enclosing, type PythonCode } from './python-code.ts';
import type { PhaseSite, TrainingIdiom, TrainingLoop } from './training-code.ts';

/** A loop that trains. */
export interface FoundLoop {
  readonly loop: PythonLoop;
  /** Whether it updates weights too. */
  readonly isWhole: boolean;
  readonly hasBatches: boolean;
}

/** A site before it is known which is the main one of its phase. */
interface Draft {
  readonly unit: CodeUnit;
  readonly node: SyntaxNode;
  readonly deed: Deed;
  readonly isInLoop: boolean;
}

/** More sites than this no loop has. */
const MAX_SITES = 400;
const MAX_CALLERS = 4;
const MAX_WHAT = 80;

/** What a function that is compiled as a whole can only be charged with at its call. */
const COMPILED: readonly (readonly [number, Phase])[] = [
  [EFFECT.forward | EFFECT.gradients, 'forward'],
  [EFFECT.loss | EFFECT.gradients, 'loss'],
  [EFFECT.gradients, 'backward'],
  [EFFECT.update, 'optimizer'],
];

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
  const drafts = gatherer.drafts;
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
      this.drafts.push(...added.map((draft) => ({ ...draft, isInLoop: false })));
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
    const isEvaluated = (unit: CodeUnit): boolean => isInsideLoop(unit.loop, validation);
    const add = (unit: CodeUnit, node: SyntaxNode, deed: Deed): void => {
      if (isKept(deed)) {
        this.drafts.push({ unit, node, deed, isInLoop: true });
      }
    };
    for (const loop of validation) {
      if (isWanted(loop.head) && !isEvaluated(loop.head)) {
        add(loop.head, loop.node, { phase: 'validation', certainty: 'sure', weight: 2 });
      }
    }
    const training = new Set(
      of.calls
        .filter((call) => (this.effects.sumOf(call.target) & TRAINS) !== 0)
        .map(({ unit }) => unit),
    );
    const heads = new Set([...validation].map(({ head }) => head));
    for (const { unit, node, deed } of of.acts) {
      if (
        isWanted(unit) &&
        !isEvaluated(unit) &&
        !heads.has(unit) &&
        !(node === unit.node && training.has(unit))
      ) {
        add(
          unit,
          node,
          isAside(unit, deed, this.effects.facts.code)
            ? { ...deed, weight: deed.weight / 2, certainty: 'likely' }
            : deed,
        );
      }
    }
    for (const call of of.calls) {
      if (isWanted(call.unit) && !isEvaluated(call.unit)) {
        this.#addCall(call, add, isKept === KEEP_ALL);
      }
    }
  }

  /** A function that trains and validates: `run_epoch(model, val_loader, train=False)`. */
  #isHeldOut({ node, target }: OwnCall): boolean {
    const { code } = this.effects.facts;
    return (
      (this.effects.sumOf(target) & (EFFECT.forward | EFFECT.gradients)) !== 0 &&
      argumentsOf(node.lastChild, code).some(({ keyword, value }) => {
        const isOff = TRAINING_FLAG.test(keyword ?? '') && code.textOf(value) === 'False';
        const isLoader = this.effects.roles.of(value)?.role === 'loader';
        return isOff || (isLoader && HELD_OUT_NAME.test(dottedNames(value, code).at(-1) ?? ''));
      })
    );
  }

  #addCall(
    call: OwnCall,
    add: (unit: CodeUnit, node: SyntaxNode, deed: Deed) => void,
    mayGoIn: boolean,
  ): void {
    const { unit, node, target } = call;
    const sum = this.effects.effectOfCall(call);
    if (call.isTraced && (sum & TRAINS) !== 0) {
      for (const [effect, phase] of COMPILED) {
        if ((sum & effect) !== 0) {
          add(unit, node, { phase, certainty: 'sure', weight: 3 });
        }
      }
      return;
    }
    const deed = this.#isHeldOut(call) ? HELD_OUT : deedOfHelper(target.name ?? '', sum);
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

const HELD_OUT: Deed = { phase: 'validation', certainty: 'likely', weight: 2 };
const HELD_OUT_NAME = /(^|_)(val|valid|validation|test|eval|dev|held_?out)(_|$)/i;
const TRAINING_FLAG = /^(is_)?(train|training)$/;

/** What a call of a helper is as a whole; null where its statements tell more. */
function deedOfHelper(name: string, sum: number): Deed | null {
  const does = (effect: number): boolean => (sum & effect) !== 0;
  if (does(TRAINS)) {
    return null;
  }
  const isNamedSo =
    VALIDATION_CALL.test(name) ||
    (does(EFFECT.forward) && /eval|valid|(^|_)(val|test)(_|$)/i.test(name));
  if (does(EFFECT.inference) || isNamedSo) {
    return {
      phase: 'validation',
      certainty: does(EFFECT.inference) ? 'sure' : 'likely',
      weight: 2,
    };
  }
  if (does(EFFECT.forward)) {
    return null;
  }
  if (does(EFFECT.checkpoint)) {
    return { phase: 'checkpoint', certainty: 'sure', weight: 2 };
  }
  if (/batch|data|next|fetch|sample|load/i.test(name) && !does(EFFECT.loss)) {
    return { phase: 'data', certainty: 'likely', weight: 2, makes: 'batch' };
  }
  if (does(EFFECT.copy) && !does(EFFECT.loss)) {
    return { phase: 'h2d', certainty: 'sure', weight: 2 };
  }
  if (/loss|criterion/i.test(name)) {
    return { phase: 'loss', certainty: does(EFFECT.loss) ? 'sure' : 'likely', weight: 3 };
  }
  return does(EFFECT.logging) && !does(EFFECT.loss)
    ? { phase: 'logging', certainty: 'likely', weight: 1 }
    : null;
}

/** Whether it is not what every batch does: a pass of which no gradients are kept, a message before the end. */
function isAside(unit: CodeUnit, { phase }: Deed, code: PythonCode): boolean {
  if (phase === 'forward') {
    return unit.isWithoutGradients || isConditional(unit);
  }
  return phase === 'logging' && isLast(unit.node, code);
}

const ENDS: readonly string[] = ['exit', '_exit', 'abort', 'quit'];

/** Whether what follows leaves the loop: `print("no number"); sys.exit(1)`. */
function isLast({ nextSibling }: SyntaxNode, code: PythonCode): boolean {
  const next = nextSibling?.name === ';' ? nextSibling.nextSibling : nextSibling;
  const called = dottedNames(next?.firstChild?.firstChild ?? null, code).at(-1) ?? '';
  return (
    ENDS.includes(called) ||
    ['RaiseStatement', 'BreakStatement', 'ReturnStatement'].includes(next?.name ?? '')
  );
}

function isConditional({ node, loop }: CodeUnit): boolean {
  const around = enclosing(node, [
    'IfStatement',
    'ForStatement',
    'WhileStatement',
    'FunctionDefinition',
  ]);
  return around?.name === 'IfStatement' && (loop === null || around.from >= loop.node.from);
}

function isPartOf({ node, head }: PythonLoop): (unit: CodeUnit) => boolean {
  return (unit) => unit === head || (node.from <= unit.from && unit.to <= node.to);
}

function toSites(drafts: readonly Draft[], code: PythonCode): readonly PhaseSite[] {
  const byPlace = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = `${draft.unit.from} ${draft.deed.phase}`;
    const known = byPlace.get(key);
    if (known === undefined || isBetter(draft, known)) {
      byPlace.set(key, draft);
    }
  }
  const distinct = [...byPlace.values()]
    .filter((draft) => !isShadowed(draft, drafts))
    .slice(0, MAX_SITES);
  const main = new Map<Phase, Draft>();
  for (const draft of distinct.toSorted((a, b) => a.unit.from - b.unit.from)) {
    const known = main.get(draft.deed.phase);
    if (known === undefined || isBetter(draft, known)) {
      main.set(draft.deed.phase, draft);
    }
  }
  return distinct
    .map((draft) => toSite(draft, main.get(draft.deed.phase) === draft, code))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The weight of a loss that only a variable's name tells of. */
const BY_NAME = 1;

/** A model that gives its loss computes it: `outputs = model(**batch)`, then `loss = outputs.loss`. */
function lossesOfForward(drafts: readonly Draft[]): Draft[] {
  const isComputed = drafts.some(({ deed }) => deed.phase === 'loss' && deed.weight > BY_NAME);
  const passes = drafts.filter(({ deed }) => deed.phase === 'forward' && deed.weight >= 2);
  return isComputed
    ? []
    : passes.map((pass) => ({
        ...pass,
        deed: { phase: 'loss', certainty: 'likely', weight: BY_NAME },
      }));
}

/** The name of a variable tells nothing where a call does: `loss = loss / 4`. */
function isShadowed({ deed }: Draft, drafts: readonly Draft[]): boolean {
  return (
    deed.phase === 'loss' &&
    deed.weight < BY_NAME &&
    drafts.some((other) => other.deed.phase === 'loss' && other.deed.weight >= BY_NAME)
  );
}

function isBetter(a: Draft, b: Draft): boolean {
  const order = (draft: Draft): readonly number[] => [
    draft.deed.weight,
    Number(draft.isInLoop),
    Number(draft.deed.certainty === 'sure'),
  ];
  const [first, second] = [order(a), order(b)];
  const at = first.findIndex((value, i) => value !== second[i]);
  return at >= 0 && first[at] > second[at];
}

function toSite(
  { unit, node, deed, isInLoop }: Draft,
  isMain: boolean,
  code: PythonCode,
): PhaseSite {
  const end = node === unit.node ? unit.to : node.to;
  const text = code.text
    .slice(node.from, Math.min(end, node.from + 4 * MAX_WHAT))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return {
    phase: deed.phase,
    line: code.lineOf(node.from),
    from: unit.from,
    to: unit.to,
    what: text.length > MAX_WHAT ? `${text.slice(0, MAX_WHAT - 1)}…` : text,
    certainty: deed.certainty,
    isMain,
    isInLoop,
  };
}

/** `enumerate(tqdm(loader))` → `loader`. */
function unwrapBatches(iterable: SyntaxNode, code: PythonCode): SyntaxNode {
  let inner = iterable;
  while (isCallOf(inner, AROUND_BATCHES, code)) {
    const first = argumentsOf(inner.lastChild, code)[0];
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

function idiomOf(drafts: readonly Draft[], { facts, roles }: FileEffects): TrainingIdiom {
  const idioms = drafts
    .filter(({ deed }) => deed.makes === 'gradients')
    .map(({ node }): TrainingIdiom => {
      const callee = facts.code.calleeOf(node);
      const object =
        node.firstChild?.name === 'MemberExpression' ? node.firstChild.firstChild : null;
      const role = roles.of(object)?.role;
      if (callee.at(-1) === 'gradient') {
        return 'tensorflow';
      }
      if (role === 'engine' || callee.at(-1) === 'train_batch') {
        return 'deepspeed';
      }
      if (role === 'accelerator') {
        return /fabric/i.test(callee.join('.')) ? 'loop' : 'accelerate';
      }
      return roles.of(node.firstChild)?.role === 'gradient' ||
        callee.includes('jax') ||
        node.firstChild?.name === 'CallExpression'
        ? 'jax'
        : 'loop';
    });
  const packages = [...facts.code.imports.values()].map(([first]) => first);
  const compiled = packages.includes('jax') ? 'jax' : 'tensorflow';
  const isCompiled =
    idioms.length === 0 && packages.some((name) => name === 'jax' || name === 'tensorflow');
  return isCompiled ? compiled : (idioms.find((idiom) => idiom !== 'loop') ?? 'loop');
}
