import type { Phase } from '../model/phase.ts';
import { type Deed, VALIDATION_CALL } from './call-deeds.ts';
import { EFFECT, type FileEffects, type OwnCall, TRAINS } from './function-effects.ts';
import { argumentsOf, dottedNames } from './python-code.ts';

/** What a function that is compiled as a whole can only be charged with at its call. */
const COMPILED: readonly (readonly [number, Phase])[] = [
  [EFFECT.forward | EFFECT.gradients, 'forward'],
  [EFFECT.loss | EFFECT.gradients, 'loss'],
  [EFFECT.gradients, 'backward'],
  [EFFECT.update, 'optimizer'],
];

const HELD_OUT: Deed = { phase: 'validation', certainty: 'likely', weight: 2 };
const HELD_OUT_NAME = /(^|_)(val|valid|validation|test|eval|dev|held_?out)(_|$)/i;
const TRAINING_FLAG = /^(is_)?(train|training)$/;

/** What a call of a function that trains and is compiled does; `sum` is of {@link EFFECT}. */
export function deedsOfCompiled(sum: number): readonly Deed[] {
  return COMPILED.filter(([effect]) => (sum & effect) !== 0).map(([, phase]) => ({
    phase,
    certainty: 'sure',
    weight: 3,
  }));
}

/** What a call of a function of the file is as a whole; null where its statements tell more. */
export function deedOfOwnCall(call: OwnCall, sum: number, effects: FileEffects): Deed | null {
  if (isHeldOut(call, effects)) {
    return HELD_OUT;
  }
  const name = call.target.name ?? '';
  return (sum & TRAINS) !== 0 ? null : (deedOfEvaluation(name, sum) ?? deedOfHelper(name, sum));
}

/** A function that trains and validates: `run_epoch(model, val_loader, train=False)`. */
function isHeldOut({ node, target }: OwnCall, effects: FileEffects): boolean {
  const { code } = effects.facts;
  return (
    (effects.sumOf(target) & (EFFECT.forward | EFFECT.gradients)) !== 0 &&
    argumentsOf(node.lastChild, code).some(({ keyword, value }) => {
      const isOff = TRAINING_FLAG.test(keyword ?? '') && code.textOf(value) === 'False';
      const isLoader = effects.roles.of(value)?.role === 'loader';
      return isOff || (isLoader && HELD_OUT_NAME.test(dottedNames(value, code).at(-1) ?? ''));
    })
  );
}

function deedOfEvaluation(name: string, sum: number): Deed | null {
  const isInference = (sum & EFFECT.inference) !== 0;
  const isForward = (sum & EFFECT.forward) !== 0;
  const isNamedSo =
    VALIDATION_CALL.test(name) || (isForward && /eval|valid|(^|_)(val|test)(_|$)/i.test(name));
  return isInference || isNamedSo
    ? { ...HELD_OUT, certainty: isInference ? 'sure' : 'likely' }
    : null;
}

function deedOfHelper(name: string, sum: number): Deed | null {
  const does = (effect: number): boolean => (sum & effect) !== 0;
  if (does(EFFECT.forward)) {
    return null;
  }
  if (does(EFFECT.checkpoint)) {
    return { phase: 'checkpoint', certainty: 'sure', weight: 2 };
  }
  if (/loss|criterion/i.test(name)) {
    return { phase: 'loss', certainty: does(EFFECT.loss) ? 'sure' : 'likely', weight: 3 };
  }
  return does(EFFECT.loss) ? null : deedOfName(name, sum);
}

function deedOfName(name: string, sum: number): Deed | null {
  if (/batch|data|next|fetch|sample|load/i.test(name)) {
    return { phase: 'data', certainty: 'likely', weight: 2, makes: 'batch' };
  }
  if ((sum & EFFECT.copy) !== 0) {
    return { phase: 'h2d', certainty: 'sure', weight: 2 };
  }
  return (sum & EFFECT.logging) !== 0 ? { phase: 'logging', certainty: 'likely', weight: 1 } : null;
}
