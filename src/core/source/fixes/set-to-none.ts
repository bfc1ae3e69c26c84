import { batchLoopAt } from '../batch-loop.ts';
import { isOnLine } from '../data-loaders.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import type { PythonCode } from '../python-code.ts';
import { callsBelow, isBrokenAround, methodOf, nodesBelow } from '../python-scope.ts';
import type { Fixer } from './fix.ts';

export const setToNone: Fixer = {
  id: 'set-to-none',
  purpose: 'alone',
  detectors: ['host-bound', 'gpu-idle'],
  offer(code, { line }) {
    const calls = callsBelow(code.tree.topNode).filter(
      (call) =>
        methodOf(call, code) === 'zero_grad' && call.firstChild?.name === 'MemberExpression',
    );
    const loop = batchLoopAt(code, line)?.loop ?? null;
    const call =
      calls.find((one) => isOnLine(one, line, code)) ??
      calls.find((one) => loop !== null && one.from >= loop.from && one.to <= loop.to);
    if (call === undefined || isBrokenAround(call) || readsGradients(code)) {
      return null;
    }
    const given = argumentOf(call, code, 'set_to_none', 0);
    const isOff = given === null || code.textOf(given) === 'False';
    if (!isOff || unpacksArguments(call, code)) {
      return null;
    }
    return {
      title: 'Drop gradients rather than fill them with zeros (set_to_none=True)',
      explanation:
        'Saves a small kernel for each parameter and step. It is the default since PyTorch 2.0, where this edit changes nothing. A parameter that backward does not reach then has no gradient (None) rather than zeros, and optimizers skip it.',
      edits:
        given === null ? addKeyword(call, code, 'set_to_none=True') : [replaceNode(given, 'True')],
      link: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html',
    };
  },
};

/** Code that looks at gradients may not expect None. */
function readsGradients(code: PythonCode): boolean {
  return nodesBelow(code.tree.topNode, ['PropertyName']).some(
    (property) => code.textOf(property) === 'grad',
  );
}
