import type { SyntaxNode } from '@lezer/common';
import type { Phase } from '../../model/phase.ts';
import { enclosing, iterableOf, type PythonCode } from '../python-code.ts';
import type { TextEdit } from '../text-edit.ts';
import type { TrainingLoop } from '../training-code.ts';
import { addCallback } from './add-callback.ts';
import { addStart, importRecorder } from './add-start.ts';
import { markSteps } from './mark-steps.ts';
import {
  isOurs,
  RECORDER_ALIAS,
  RECORDER_MODULE,
  simpleStatementAt,
  statementGroupOf,
} from './statements.ts';

/** What a statement that does several things is called, the most telling first. */
const BY_IMPORTANCE: readonly Phase[] = [
  ...(['validation', 'checkpoint', 'backward', 'optimizer', 'forward', 'loss'] as const),
  ...(['h2d', 'communication', 'data', 'logging'] as const),
];

/** What only some statement does that compiles a whole step. */
const WHOLE_STEP: readonly Phase[] = ['forward', 'backward', 'optimizer'];

/**
 * The edits that put spans around what a loop does. Statements keep their lines and their indentation:
 * they get `with _sleuth.span("forward"):` before them, and two lines are added, which import and
 * start the recorder. What cannot be timed that way (a statement behind a colon, one that awaits) is
 * left alone. Empty where the code is instrumented already, or has nothing to time.
 */
export function instrument(code: PythonCode, loop: TrainingLoop): readonly TextEdit[] {
  if (isInstrumented(code)) {
    return [];
  }
  if (loop.idiom === 'lightning' || loop.idiom === 'trainer') {
    const callback = addCallback(code, loop);
    return callback.length === 0 ? [] : [importRecorder(code), ...callback];
  }
  const steps = markSteps(code, loop);
  const spans = spansOf(code, loop);
  if (spans.length === 0 && steps.length === 0) {
    return [];
  }
  return [importRecorder(code), addStart(code, loop), ...spans, ...steps];
}

/** Whether a file uses the recorder already, whoever put it there. */
export function isInstrumented(code: PythonCode): boolean {
  return code.packages.has(RECORDER_MODULE);
}

function spansOf(code: PythonCode, loop: TrainingLoop): TextEdit[] {
  const phases = new Map<number, Set<Phase>>();
  for (const { from, phase } of loop.sites) {
    const statement = simpleStatementAt(code, from);
    const start = statement === null ? null : statementGroupOf(statement).from;
    if (start !== null && statement !== null && canHoldSpan(statement, code)) {
      phases.set(start, (phases.get(start) ?? new Set()).add(phase));
    }
  }
  for (const { from } of loop.sites.filter(({ phase }) => phase === 'validation')) {
    for (const statement of statementsOfLoop(code, from)) {
      const start = statementGroupOf(statement).from;
      if (canHoldSpan(statement, code)) {
        phases.set(start, new Set(['validation']));
      }
    }
  }
  return [...phases].map(([from, done]) => ({
    from,
    to: from,
    insert: spanText(from, done, code, loop),
  }));
}

function spanText(
  from: number,
  done: ReadonlySet<Phase>,
  code: PythonCode,
  loop: TrainingLoop,
): string {
  const phase = BY_IMPORTANCE.find((candidate) => done.has(candidate)) ?? 'other';
  const isWhole = WHOLE_STEP.every((part) => done.has(part));
  const name = isWhole ? '"train_step", "forward"' : `"${phase}"`;
  const micro = microIndexAt(code, from, loop);
  return `with ${RECORDER_ALIAS}.span(${name}${micro === null ? '' : `, micro=${micro}`}): `;
}

/** The simple statements in a loop that validates, which has no single statement to time. */
function statementsOfLoop(code: PythonCode, from: number): readonly SyntaxNode[] {
  const loop = enclosing(code.tree.resolveInner(from, 1), ['ForStatement', 'Body']);
  const found: SyntaxNode[] = [];
  if (loop?.name === 'ForStatement' && loop.from === from) {
    loop.cursor().iterate(({ from: start, name }) => {
      const statement = name.endsWith('Statement') ? simpleStatementAt(code, start) : null;
      if (statement !== null && statement.getChild('CallExpression') !== null) {
        found.push(statement);
      }
      return name !== 'FunctionDefinition';
    });
  }
  return found;
}

/** First on its line, and nothing in it leaves the function for a while. */
function canHoldSpan(statement: SyntaxNode, code: PythonCode): boolean {
  const first = statementGroupOf(statement);
  const before = code.text.slice(code.lineStart(code.lineOf(first.from)), first.from);
  return /^[ \t\f]*$/.test(before) && !suspends(first) && !isOurs(first, code);
}

function suspends(statement: SyntaxNode): boolean {
  let found = false;
  statement.cursor().iterate(({ name }) => {
    found ||= [
      'AwaitExpression',
      'YieldExpression',
      'YieldStatement',
      'await',
      'yield',
      '⚠',
    ].includes(name);
    return !found && name !== 'LambdaExpression';
  });
  return found;
}

/** The variable of a `for` inside of the loop that counts its micro-batches. */
function microIndexAt(code: PythonCode, from: number, loop: TrainingLoop): string | null {
  const inner = enclosing(code.tree.resolveInner(from, 1), ['ForStatement', 'FunctionDefinition']);
  const isInside = inner !== null && inner.from > loop.from && inner.to <= loop.to;
  return isInside && inner.name === 'ForStatement' ? counterOf(inner, code) : null;
}

/** Of `for i in range(…):` its variable. */
function counterOf(loop: SyntaxNode, code: PythonCode): string | null {
  const keyword = loop.getChild('in');
  const target = keyword?.prevSibling ?? null;
  const iterable = iterableOf(loop);
  const isOne = target?.name === 'VariableName' && target.prevSibling?.name === 'for';
  const isCount = iterable?.name === 'CallExpression' && code.calleeOf(iterable).at(-1) === 'range';
  return isOne && isCount ? code.textOf(target) : null;
}
