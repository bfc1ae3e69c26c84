import type { SyntaxNode } from '@lezer/common';
import { addKeyword, argumentOf, quoteOf, replaceNode } from '../edit-call.ts';
import { frameworkCall, type FrameworkCall } from '../framework-calls.ts';
import type { PythonCode } from '../python-code.ts';
import { mentions } from '../torch-settings.ts';
import type { TextEdit } from '../text-edit.ts';
import type { Fixer } from './fix.ts';

/** The options by which each framework computes in bfloat16. */
const EDITS: Readonly<
  Record<FrameworkCall, (call: SyntaxNode, code: PythonCode) => readonly TextEdit[]>
> = {
  'training-arguments': editTrainingArguments,
  'lightning-trainer': (call, code) => setOption(call, code, 'precision', 'bf16-mixed'),
  accelerator: (call, code) => setOption(call, code, 'mixed_precision', 'bf16'),
};

const KINDS: readonly FrameworkCall[] = ['training-arguments', 'lightning-trainer', 'accelerator'];

/** What says single precision. */
const FULL: readonly string[] = ['32', '32-true', 'no'];

export const frameworkPrecision: Fixer = {
  id: 'framework-precision',
  purpose: 'alone',
  detectors: ['precision'],
  offer(code, { line }) {
    if (mentions(code, 'autocast', 'GradScaler', 'bfloat16', 'float16')) {
      return null;
    }
    for (const kind of KINDS) {
      const call = frameworkCall(code, kind, line);
      const edits = call === null ? [] : EDITS[kind](call, code);
      if (edits.length > 0) {
        return {
          title: `Train in mixed precision (${edits.map(({ insert }) => insert.replace(/^[\s,]+|[\s,]+$/g, '')).join('')})`,
          explanation: `Matrix products and convolutions run in bfloat16 on tensor cores; parameters stay float32, and no gradient scaler is needed. It needs a GPU from Ampere on (A100, RTX 30)${kind === 'lightning-trainer' ? ' and Lightning 2' : ''}. Compare the loss of some hundred steps with that of before.`,
          edits,
          link: 'https://docs.pytorch.org/docs/stable/amp.html',
        };
      }
    }
    return null;
  },
};

function editTrainingArguments(call: SyntaxNode, code: PythonCode): readonly TextEdit[] {
  const half = argumentOf(call, code, 'fp16');
  const given = argumentOf(call, code, 'bf16');
  if (half !== null && code.textOf(half) !== 'False') {
    return [];
  }
  if (given === null) {
    return addKeyword(call, code, 'bf16=True');
  }
  return code.textOf(given) === 'False' ? [replaceNode(given, 'True')] : [];
}

function setOption(
  call: SyntaxNode,
  code: PythonCode,
  keyword: string,
  value: string,
): readonly TextEdit[] {
  const given = argumentOf(call, code, keyword);
  const quoted = `${quoteOf(code)}${value}${quoteOf(code)}`;
  if (given === null) {
    return addKeyword(call, code, `${keyword}=${quoted}`);
  }
  const isFull = FULL.includes(code.textOf(given).replaceAll(/["']/g, ''));
  return isFull ? [replaceNode(given, quoted)] : [];
}
