import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/core/model/report.ts';
import type { Fix, Fixer } from '../../../../src/core/source/fixes/fix.ts';
import { PythonCode } from '../../../../src/core/source/python-code.ts';
import { applyEdits } from '../../../../src/core/source/text-edit.ts';

/** The script after the fix of a line, by default the first that holds `here`; null where none is offered. */
export function applyFixer(
  fixer: Fixer,
  text: string,
  place?: { readonly line?: number; readonly finding?: Finding },
): string | null {
  const fix = offerAt(fixer, text, place);
  if (fix === null) {
    return null;
  }
  const after = applyEdits(text, fix.edits);
  const line = place?.line ?? lineOfMark(text);
  const again = fixer.offer(new PythonCode(after), { line }, place?.finding ?? null);
  assert.equal(again, null, `${fixer.id} is offered again after it was applied`);
  return after;
}

export function offerAt(
  fixer: Fixer,
  text: string,
  place?: { readonly line?: number; readonly finding?: Finding },
): Fix | null {
  const line = place?.line ?? lineOfMark(text);
  return fixer.offer(new PythonCode(text), { line }, place?.finding ?? null);
}

function lineOfMark(text: string): number {
  const index = text.split('\n').findIndex((line) => line.includes('# here'));
  return index < 0 ? 1 : index + 1;
}

/** A finding of a detector that measured a share of the step. */
export function findingOf(id: string, measured: number): Finding {
  return {
    id,
    title: id,
    pattern: 'pipeline-stall',
    layer: 'data',
    severity: 'warning',
    confidence: 'high',
    ranks: [0],
    steps: [],
    savingPercent: measured,
    savingNsPerStep: 1,
    savingHow: '',
    threshold: { name: 'warningPercent', value: 10, measured },
    evidence: [],
    location: null,
    annotations: [],
    why: '',
    advice: [],
  };
}
