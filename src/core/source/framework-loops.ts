import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import type { CodeUnit, PythonFunction } from './code-facts.ts';
import type { Act, FileEffects } from './function-effects.ts';
import { gatherFunction } from './phase-sites.ts';
import type { TrainingIdiom, TrainingLoop } from './training-code.ts';

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

/** The training that frameworks run: of the hook if the file has it, else the line that starts it. */
export function findFrameworkLoops(effects: FileEffects): readonly TrainingLoop[] {
  const imported = new Set([...effects.facts.code.imports.values()].map(([first]) => first));
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
  const own =
    hook === null
      ? []
      : gatherFunction(hook, effects).filter(({ phase }) => phase !== 'validation');
  const sites = [...own];
  const add = (phase: Phase, unit: { from: number; to: number }, node: SyntaxNode): void => {
    if (!sites.some((site) => site.phase === phase && site.isMain)) {
      const what = code.text
        .slice(node.from, Math.min(unit.to, node.to, node.from + 60))
        .split('\n')[0];
      sites.push({
        phase,
        line: code.lineOf(node.from),
        ...unit,
        what,
        certainty: 'likely',
        isMain: true,
        isInLoop: false,
      });
    }
  };
  const loader = loaderOf(framework, effects);
  if (loader !== null) {
    add('data', { from: loader.from, to: loader.to }, loader.node);
  }
  for (const [name, phase] of framework.definitions) {
    const node = hook?.ofClass?.methods.get(name)?.node;
    if (node !== undefined) {
      add(phase, { from: node.from, to: node.getChild('Body')?.from ?? node.to }, node);
    }
  }
  const log = callbackOf('logging', effects);
  if (log !== null) {
    add('logging', { from: log.unit.from, to: log.unit.to }, log.node);
  }
  for (const phase of start === null ? [] : STARTED) {
    add(
      phase,
      { from: start?.unit.from ?? 0, to: start?.unit.to ?? 0 },
      start?.call ?? code.tree.topNode,
    );
  }
  const place = hook?.node ?? start?.unit ?? code.tree.topNode;
  return {
    idiom: framework.idiom,
    line: code.lineOf(place.from),
    from: place.from,
    to: place.to,
    functionName: hook?.name ?? start?.unit.function.name ?? null,
    batches: null,
    sites: sites.sort((a, b) => a.from - b.from || a.to - b.to),
    certainty: hook !== null && start !== null ? 'sure' : 'likely',
  };
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
