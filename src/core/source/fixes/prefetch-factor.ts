import { loaderAt } from '../data-loaders.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import { hasWorkers } from '../loader-workers.ts';
import { isBrokenAround } from '../python-scope.ts';
import type { Fixer } from './fix.ts';

const MORE = 4;
const DEFAULT = 2;

export const prefetchFactor: Fixer = {
  id: 'prefetch-factor',
  purpose: 'alone',
  detectors: ['data-tail', 'data-stall', 'step-tail'],
  offer(code, { line }) {
    const loader = loaderAt(code, line);
    if (loader === null || unpacksArguments(loader, code) || isBrokenAround(loader)) {
      return null;
    }
    const given = argumentOf(loader, code, 'prefetch_factor');
    const isSmall =
      given === null || (given.name === 'Number' && Number(code.textOf(given)) <= DEFAULT);
    // Without workers it must not be given at all, in some versions not even as None.
    if (hasWorkers(loader, code) !== 'True' || !isSmall) {
      return null;
    }
    return {
      title: `Let each worker prepare ${MORE} batches ahead (prefetch_factor=${MORE})`,
      explanation: `Up to ${MORE} batches a worker wait ready rather than ${DEFAULT}, so that a batch that takes long to load holds up nothing. It bridges uneven batches, not a loader that is too slow on average, and costs the memory of those batches.`,
      edits:
        given === null
          ? addKeyword(loader, code, `prefetch_factor=${MORE}`)
          : [replaceNode(given, String(MORE))],
      link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader',
    };
  },
};
