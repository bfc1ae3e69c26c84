import { addTorchSetting, mentions } from '../torch-settings.ts';
import type { PythonCode } from '../python-code.ts';
import type { Fixer } from './fix.ts';

const CONVOLUTIONS: readonly string[] = ['Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose2d', 'conv2d'];
const PACKAGES_OF_VISION: readonly string[] = ['timm', 'torchvision'];

export const cudnnBenchmark: Fixer = {
  id: 'cudnn-benchmark',
  purpose: 'alone',
  detectors: ['precision', 'uneven-layers'],
  offer(code) {
    const isDecided = mentions(
      code,
      'benchmark',
      'deterministic',
      'use_deterministic_algorithms',
      'seed_everything',
    );
    const edits = addTorchSetting(code, 'torch.backends.cudnn.benchmark = True');
    if (isDecided || edits === null || !hasConvolutions(code)) {
      return null;
    }
    return {
      title: 'Let cuDNN choose the fastest convolutions (cudnn.benchmark = True)',
      explanation:
        'For each shape of input, cuDNN measures its algorithms once and keeps the fastest. It helps where all batches have the same shape; where shapes change in every step, each new one costs a measurement. Results may differ in the last digits between runs.',
      edits,
      link: 'https://docs.pytorch.org/docs/stable/backends.html#torch.backends.cudnn.torch.backends.cudnn.benchmark',
    };
  },
};

function hasConvolutions(code: PythonCode): boolean {
  return (
    mentions(code, ...CONVOLUTIONS) ||
    (PACKAGES_OF_VISION.some((name) => code.packages.has(name)) &&
      mentions(code, 'models', 'create_model'))
  );
}
