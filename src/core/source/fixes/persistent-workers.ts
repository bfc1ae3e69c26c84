import { loaderAt } from '../data-loaders.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import { hasWorkers } from '../loader-workers.ts';
import { isBrokenAround } from '../python-scope.ts';
import type { Fixer } from './fix.ts';

export const persistentWorkers: Fixer = {
  id: 'persistent-workers',
  purpose: 'loading',
  detectors: ['data-stall', 'data-single-worker', 'data-tail', 'step-period', 'step-tail'],
  offer(code, { line }) {
    const loader = loaderAt(code, line);
    if (loader === null || unpacksArguments(loader, code) || isBrokenAround(loader)) {
      return null;
    }
    const condition = hasWorkers(loader, code);
    const given = argumentOf(loader, code, 'persistent_workers');
    const isOff = given === null || code.textOf(given) === 'False';
    if (condition === null || !isOff) {
      return null;
    }
    return {
      title: `Keep the workers between epochs (persistent_workers=${condition})`,
      explanation:
        'Worker processes are started once rather than at the beginning of each epoch, which takes seconds where the dataset or its imports are large. They keep their memory between epochs, and a dataset that is changed after the first epoch is not changed in them.',
      edits:
        given === null
          ? addKeyword(loader, code, `persistent_workers=${condition}`)
          : [replaceNode(given, condition)],
      link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader',
    };
  },
};
