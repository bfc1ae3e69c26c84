import type { SyntaxNode } from '@lezer/common';
import { collectFacts } from '../code-facts.ts';
import { argumentsOf, childrenOf, type PythonCode } from '../python-code.ts';
import type { TextEdit } from '../text-edit.ts';
import type { TrainingLoop } from '../training-code.ts';
import { RECORDER_ALIAS } from './statements.ts';

/** The edit that gives the recorder's callback to the framework's trainer; none where none is made here. */
export function addCallback(code: PythonCode, { idiom }: TrainingLoop): readonly TextEdit[] {
  const call = `${RECORDER_ALIAS}.${idiom === 'lightning' ? 'lightning_callback' : 'trainer_callback'}()`;
  const list = argumentListOfTrainer(code);
  if (list === null) {
    return [];
  }
  const given = argumentsOf(list, code);
  const callbacks = given.find(({ keyword }) => keyword === 'callbacks')?.value;
  if (callbacks === undefined) {
    const last = given.at(-1)?.value;
    const at = last?.to ?? list.from + 1;
    return [{ from: at, to: at, insert: `${last === undefined ? '' : ', '}callbacks=[${call}]` }];
  }
  if (callbacks.name !== 'ArrayExpression') {
    return [];
  }
  const isEmpty = childrenOf(callbacks).every(({ name }) => ['[', ']', 'Comment'].includes(name));
  const at = callbacks.from + 1;
  return [{ from: at, to: at, insert: isEmpty ? `${call},` : `${call}, ` }];
}

/** Of the first call that makes a trainer. */
function argumentListOfTrainer(code: PythonCode): SyntaxNode | null {
  const { functions } = collectFacts(code);
  const calls = functions.flatMap(({ units }) => units.flatMap((unit) => unit.calls));
  const made = calls.find((call) => code.calleeOf(call).at(-1)?.endsWith('Trainer') === true);
  return made?.getChild('ArgList') ?? null;
}
