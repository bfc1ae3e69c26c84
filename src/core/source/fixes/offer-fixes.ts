import type { Finding } from '../../model/report.ts';
import { findDataLoaders, isOnLine } from '../data-loaders.ts';
import { frameworkCall } from '../framework-calls.ts';
import type { PythonCode } from '../python-code.ts';
import { joinEdits, type TextEdit } from '../text-edit.ts';
import type { Fix, Fixer, FixPlace, FixPurpose } from './fix.ts';
import { FIXERS } from './registry.ts';

/** A fix that can be applied to a text as it is. */
export interface OfferedFix extends Fix {
  /** Of the fixer; several where their edits belong together. */
  readonly ids: readonly string[];
}

/** The detectors whose findings some fix answers. */
export function fixableDetectors(): readonly string[] {
  return [...new Set(FIXERS.flatMap(({ detectors }) => detectors))].sort();
}

/** What answers a finding at a place: one fix each, and first all that belong together where there are several. */
export function fixesFor(
  code: PythonCode,
  place: FixPlace,
  finding: Finding,
): readonly OfferedFix[] {
  const answering = FIXERS.filter(({ detectors }) => detectors.includes(finding.id));
  return offersOf(code, place, finding, answering);
}

/** What can be done for the loader that a line makes, without a finding. */
export function fixesOfLoader(code: PythonCode, place: FixPlace): readonly OfferedFix[] {
  const isLoader =
    findDataLoaders(code).some((call) => isOnLine(call, place.line, code)) ||
    isTrainingArguments(code, place.line);
  const loading = FIXERS.filter(({ purpose }) => purpose === 'loading');
  return isLoader ? offersOf(code, place, null, loading) : [];
}

function isTrainingArguments(code: PythonCode, line: number): boolean {
  const call = frameworkCall(code, 'training-arguments', line);
  return call !== null && isOnLine(call, line, code);
}

function offersOf(
  code: PythonCode,
  place: FixPlace,
  finding: Finding | null,
  fixers: readonly Fixer[],
): readonly OfferedFix[] {
  const single = fixers.flatMap((fixer): OfferedFix[] => {
    const fix = fixer.offer(code, place, finding);
    return fix === null ? [] : [{ ...fix, ids: [fixer.id] }];
  });
  const together = (['loading', 'waiting'] as const).flatMap(
    (purpose) => fixTogether(code, place, finding, fixersOf(fixers, purpose)) ?? [],
  );
  return [...together, ...single];
}

function fixersOf(fixers: readonly Fixer[], purpose: FixPurpose): readonly Fixer[] {
  return fixers.filter((fixer) => fixer.purpose === purpose);
}

/** One after the other, as one makes room for the next: workers that are there can be kept. Null for less than two. */
function fixTogether(
  code: PythonCode,
  place: FixPlace,
  finding: Finding | null,
  fixers: readonly Fixer[],
): OfferedFix | null {
  const steps: (readonly TextEdit[])[] = [];
  const applied: { readonly id: string; readonly fix: Fix }[] = [];
  let now = code;
  let line = place.line;
  for (const fixer of fixers) {
    const fix = fixer.offer(now, { line }, finding);
    if (fix !== null && fix.edits.length > 0) {
      steps.push(fix.edits);
      applied.push({ id: fixer.id, fix });
      line = followEdits(now, line, fix.edits);
      now = now.edited(fix.edits);
    }
  }
  return applied.length < 2
    ? null
    : {
        ids: applied.map(({ id }) => id),
        title: `Fix all of this: ${applied.map(({ fix }) => shorten(fix.title)).join(', ')}`,
        explanation: applied.map(({ fix }) => `${fix.title}. ${fix.explanation}`).join('\n\n'),
        edits: joinEdits(code.text, steps),
      };
}

/** What a title has in brackets says it shortest. */
function shorten(title: string): string {
  return /\((.+)\)$/.exec(title)?.[1] ?? title.charAt(0).toLowerCase() + title.slice(1);
}

/** Where a line is after edits. */
function followEdits(code: PythonCode, line: number, edits: readonly TextEdit[]): number {
  const start = code.lineStart(line);
  const at = start + (/^[ \t]*/.exec(code.text.slice(start))?.[0].length ?? 0);
  const count = (text: string): number => text.split('\n').length - 1;
  return edits
    .filter(({ to }) => to <= at)
    .reduce(
      (now, { from, to, insert }) => now + count(insert) - count(code.text.slice(from, to)),
      line,
    );
}
