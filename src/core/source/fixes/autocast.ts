import type { SyntaxNode } from '@lezer/common';
import { endOf } from '../data-loaders.ts';
import { mentionsDevice, usesDevice } from '../device-copies.ts';
import { callArguments, quoteOf } from '../edit-call.ts';
import { between, lossStatementsAt } from '../loss-statements.ts';
import type { PythonCode } from '../python-code.ts';
import {
  assignedAnywhere,
  callsBelow,
  isBrokenAround,
  methodOf,
  nodesBelow,
} from '../python-scope.ts';
import { mentions } from '../torch-settings.ts';
import { wrapStatements } from '../wrap-statements.ts';
import type { Fixer } from './fix.ts';

/** Who names one of these has chosen a precision, or does what autocast refuses. */
const DECIDED: readonly string[] = [
  'autocast',
  'GradScaler',
  'MixedPrecision',
  'half',
  'bfloat16',
  'float16',
  'BCELoss',
  'binary_cross_entropy',
  'numpy',
];

export const autocast: Fixer = {
  id: 'autocast',
  purpose: 'alone',
  detectors: ['precision'],
  offer(code, { line }) {
    const found = lossStatementsAt(code, line);
    if (found === null || isBrokenAround(found.batches.loop)) {
      return null;
    }
    const { forward, loss, block } = found;
    const device = deviceType(code);
    const wrapped = between(block, forward, loss);
    const arePlain = wrapped.every(({ name }) =>
      ['AssignStatement', 'ExpressionStatement'].includes(name),
    );
    if (!code.hasTorch || device === null || !arePlain || isDecided(found.batches.loop, code)) {
      return null;
    }
    const head = `with torch.autocast(${device}, dtype=torch.bfloat16):`;
    const edits = wrapStatements(code, forward, loss, head);
    return (
      edits && {
        title: 'Compute forward and loss in bfloat16 (torch.autocast)',
        explanation: `Matrix products and convolutions between lines ${code.lineOf(forward.from)} and ${code.lineOf(endOf(loss))} run in bfloat16 on tensor cores; parameters, reductions and the loss stay float32, and no gradient scaler is needed. It needs a GPU from Ampere on (A100, RTX 30). Compare the loss of some hundred steps with that of before.`,
        edits,
        link: 'https://docs.pytorch.org/docs/stable/amp.html',
      }
    );
  },
};

/** Numbers leave through `numpy` only of other loops; what this loop does decides. */
function isDecided(loop: SyntaxNode, code: PythonCode): boolean {
  const inLoop = nodesBelow(loop, ['PropertyName']).map((node) => code.textOf(node));
  return mentions(code, ...DECIDED.filter((name) => name !== 'numpy')) || inLoop.includes('numpy');
}

/** What autocast is told to work on: the type of the one `torch.device` of the file, else CUDA. */
function deviceType(code: PythonCode): string | null {
  const { topNode } = code.tree;
  const quote = quoteOf(code);
  const usesCuda =
    callsBelow(topNode).some((call) => methodOf(call, code) === 'cuda') ||
    nodesBelow(topNode, ['String']).some((node) => /^.?["']cuda/.test(code.textOf(node)));
  const values = assignedAnywhere('device', code).map(({ value }) => value);
  const isDevice = values.every(
    (value) => value.name === 'CallExpression' && code.calleeOf(value).join('.') === 'torch.device',
  );
  const mayBeCpu = values.some((value) =>
    callArguments(value, code).some((argument) => !mentionsDevice(argument.value, code)),
  );
  if (values.length === 1 && isDevice && mayBeCpu) {
    return 'device.type';
  }
  return usesCuda && usesDevice(code) ? `${quote}cuda${quote}` : null;
}
