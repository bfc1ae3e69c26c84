import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../model/phase.ts';
import type { Deed } from './call-deeds.ts';
import type { CodeUnit } from './code-facts.ts';
import type { Act } from './function-effects.ts';
import { dottedNames, enclosing, type PythonCode } from './python-code.ts';
import type { PhaseSite } from './training-code.ts';

/** A site before it is known which is the main one of its phase. */
export interface Draft {
  readonly unit: CodeUnit;
  readonly node: SyntaxNode;
  readonly deed: Deed;
  readonly isInLoop: boolean;
}

/** More sites than this no loop has. */
export const MAX_SITES = 400;
const MAX_WHAT = 80;

/** What an act weighs where it is: less where not every batch does it. */
export function weighAct({ unit, deed }: Act, code: PythonCode): Deed {
  return isAside(unit, deed, code)
    ? { ...deed, weight: deed.weight / 2, certainty: 'likely' }
    : deed;
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

/** One site of each statement and phase, in the order of the text. */
export function toSites(drafts: readonly Draft[], code: PythonCode): readonly PhaseSite[] {
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
export function lossesOfForward(drafts: readonly Draft[]): Draft[] {
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
