import { usesDevice } from '../device-copies.ts';
import { quoteOf } from '../edit-call.ts';
import { addTorchSetting, mentions } from '../torch-settings.ts';
import type { Fixer } from './fix.ts';

export const tf32: Fixer = {
  id: 'tf32',
  purpose: 'alone',
  detectors: ['precision'],
  offer(code) {
    const isDecided = mentions(
      code,
      'set_float32_matmul_precision',
      'allow_tf32',
      'fp32_precision',
      'tf32',
    );
    const quote = quoteOf(code);
    const edits = addTorchSetting(code, `torch.set_float32_matmul_precision(${quote}high${quote})`);
    if (isDecided || edits === null || !usesDevice(code)) {
      return null;
    }
    return {
      title: 'Multiply float32 matrices on tensor cores (TF32)',
      explanation:
        'Matrix products of float32 round their inputs to 10 bits of mantissa, as convolutions do already, and run several times as fast on GPUs from Ampere on (A100, RTX 30); on older ones nothing changes. Training hardly ever notices; computations that need all 23 bits do.',
      edits,
      link: 'https://docs.pytorch.org/docs/stable/generated/torch.set_float32_matmul_precision.html',
    };
  },
};
