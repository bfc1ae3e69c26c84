import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import type { CodeUnit, PythonFunction } from './code-facts.ts';
import type { Act, FileEffects } from './function-effects.ts';
import type { PythonCode } from './python-code.ts';
import { gatherFunction } from './phase-sites.ts';
import type { PhaseSite, TrainingIdiom, TrainingLoop } from './training-code.ts';

/** A framework that owns the loop and calls hooks of the user's classes. */
interface Framework {
  readonly idiom: TrainingIdiom;
  /** First names of its imports. */
  readonly packages: readonly string[];
  /** The last name of a base of the class with the hooks. */
  readonly base: RegExp;
  /** Called once a batch; the first that a class has. */
  readonly hooks: readonly string[];
  /** What starts the loop. */
  readonly start: string;
  readonly startedOn: 'trainer' | 'model';
  /** Functions that stand for a phase of which the hook has nothing. */
  readonly definitions: readonly (readonly [string, Phase])[];
}

const FRAMEWORKS: readonly Framework[] = [
  {
    idiom: 'lightning',
    packages: ['lightning', 'pytorch_lightning'],
    base: /LightningModule$/,
    hooks: ['training_step'],
    start: 'fit',
    startedOn: 'trainer',
    definitions: [
      ['validation_step', 'validation'],
      ['configure_optimizers', 'optimizer'],
    ],
  },
  {
    idiom: 'trainer',
    packages: ['transformers', 'trl', 'sentence_transformers', 'setfit'],
    base: /Trainer$/,
    hooks: ['compute_loss', 'training_step'],
    start: 'train',
    startedOn: 'trainer',
    definitions: [],
  },
  {
    idiom: 'tensorflow',
    packages: ['tensorflow', 'keras'],
    base: /^$/,
    hooks: [],
    start: 'fit',
    startedOn: 'model',
    definitions: [],
  },
];

/** What the line that starts the loop stands for where no hook does it. */
const STARTED: readonly Phase[] = [
  ...(['data', 'h2d', 'forward', 'loss', 'backward', 'optimizer'] as const),
  ...(['checkpoint', 'validation'] as const),
];

const MAX_WHAT = 80;

/** The training that frameworks run: of the hook if the file has it, else the line that starts it. */
export function findFrameworkLoops(effects: FileEffects): readonly TrainingLoop[] {
  const imported = effects.facts.code.packages;
  return FRAMEWORKS.filter(({ packages }) => packages.some((name) => imported.has(name))).flatMap(
    (framework) => {
      const hooks = findHooks(framework, effects);
      const start = findStart(framework, effects);
      const owners: readonly (PythonFunction | null)[] =
        hooks.length > 0 || start === null ? hooks : [null];
      return owners.map((hook) => toLoop(framework, hook, start, effects));
    },
  );
}

interface Start {
  readonly unit: CodeUnit;
  readonly call: SyntaxNode;
}

function findHooks({ base, hooks }: Framework, { facts }: FileEffects): readonly PythonFunction[] {
  return [...facts.classes.values()]
    .filter(({ bases }) => bases.some((name) => base.test(name) && !facts.classes.has(name)))
    .flatMap(({ methods }) => hooks.flatMap((hook) => methods.get(hook) ?? []).slice(0, 1));
}

function findStart({ start, startedOn }: Framework, { facts, roles }: FileEffects): Start | null {
  for (const { units } of facts.functions) {
    for (const unit of units) {
      const call = unit.calls.find(
        (node) =>
          node.firstChild?.name === 'MemberExpression' &&
          facts.code.calleeOf(node).at(-1) === start &&
          roles.of(node.firstChild.firstChild)?.role === startedOn,
      );
      if (call !== undefined) {
        return { unit, call };
      }
    }
  }
  return null;
}

function toLoop(
  framework: Framework,
  hook: PythonFunction | null,
  start: Start | null,
  effects: FileEffects,
): TrainingLoop {
  const { code } = effects.facts;
  const sites = hook === null ? [] : sitesOfHook(hook, effects);
  for (const place of placesOf(framework, hook, start, effects)) {
    if (!sites.some((site) => site.phase === place.phase && site.isMain)) {
      sites.push(toSite(place, code));
    }
  }
  const { from, to, name } = placeOfLoop(hook, start, code);
  return {
    idiom: framework.idiom,
    line: code.lineOf(from),
    from,
    to,
    functionName: name,
    batches: null,
    sites: sites.sort((a, b) => a.from - b.from || a.to - b.to),
    certainty: hook !== null && start !== null ? 'sure' : 'likely',
  };
}

/** The hook, else what starts the loop. */
function placeOfLoop(
  hook: PythonFunction | null,
  start: Start | null,
  { tree }: PythonCode,
): { readonly from: number; readonly to: number; readonly name: string | null } {
  if (hook !== null) {
    return { from: hook.node.from, to: hook.node.to, name: hook.name };
  }
  const { from, to } = start?.unit ?? tree.topNode;
  return { from, to, name: start?.unit.function.name ?? null };
}

function toSite({ phase, from, to, node }: Place, code: PythonCode): PhaseSite {
  const text = code.text.slice(node.from, Math.min(to, node.to, node.from + MAX_WHAT));
  return {
    phase,
    line: code.lineOf(node.from),
    from,
    to,
    what: text.split('\n')[0],
    certainty: 'likely',
    isMain: true,
    isInLoop: false,
  };
}

function sitesOfHook(hook: PythonFunction, effects: FileEffects): PhaseSite[] {
  return gatherFunction(hook, effects).filter(({ phase }) => phase !== 'validation');
}

/** A statement, or the head of one, and what in it stands for a phase. */
interface Place {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
  readonly node: SyntaxNode;
}

/** What stands for the phases that the hook does not do, the best first. */
function placesOf(
  framework: Framework,
  hook: PythonFunction | null,
  start: Start | null,
  effects: FileEffects,
): readonly Place[] {
  const loader = loaderOf(framework, effects);
  const log = callbackOf('logging', effects);
  const definitions = framework.definitions.flatMap(([name, phase]): Place[] => {
    const node = hook?.ofClass?.methods.get(name)?.node;
    return node === undefined
      ? []
      : [{ phase, from: node.from, to: node.getChild('Body')?.from ?? node.to, node }];
  });
  return [
    ...(loader === null ? [] : [placeOf('data', loader, loader.node)]),
    ...definitions,
    ...(log === null ? [] : [placeOf('logging', log.unit, log.node)]),
    ...(start === null ? [] : STARTED.map((phase) => placeOf(phase, start.unit, start.call))),
  ];
}

function placeOf(phase: Phase, { from, to }: CodeUnit, node: SyntaxNode): Place {
  return { phase, from, to, node };
}

/** The first statement of a callback that does the work of a phase. */
function callbackOf(phase: Phase, effects: FileEffects): Act | null {
  const callbacks = effects.facts.functions.filter(
    ({ name, ofClass }) =>
      name?.startsWith('on_') === true &&
      ofClass?.bases.some((base) => base.endsWith('Callback')) === true,
  );
  const acts = callbacks.flatMap((hook) => effects.of(hook).acts);
  return acts.find(({ deed }) => deed.phase === phase) ?? null;
}

/** Where Lightning is given its loader. */
function loaderOf({ idiom }: Framework, { facts, roles }: FileEffects): CodeUnit | null {
  const givers = idiom === 'lightning' ? (facts.methodsByName.get('train_dataloader') ?? []) : [];
  return (
    givers
      .flatMap(({ units }) => units)
      .find((unit) => unit.calls.some((call) => roles.of(call)?.role === 'loader')) ?? null
  );
}
