import { loaderAt } from '../data-loaders.ts';
import { datasetFacts } from '../dataset-facts.ts';
import { usesDevice } from '../device-copies.ts';
import { addKeyword, argumentOf, replaceNode, unpacksArguments } from '../edit-call.ts';
import { isBrokenAround } from '../python-scope.ts';
import type { Fixer } from './fix.ts';

/** The position of `pin_memory` among the arguments of `DataLoader`. */
const POSITION = 7;

export const pinMemory: Fixer = {
  id: 'pin-memory',
  purpose: 'loading',
  detectors: ['copy-pageable', 'data-stall', 'host-sync', 'serial-streams'],
  offer(code, { line }) {
    const loader = loaderAt(code, line);
    if (loader === null || unpacksArguments(loader, code) || isBrokenAround(loader)) {
      return null;
    }
    const given = argumentOf(loader, code, 'pin_memory', POSITION);
    const isOff = given === null || code.textOf(given) === 'False';
    if (!isOff || !usesDevice(code) || datasetFacts(loader, code).isOnDevice) {
      return null;
    }
    return {
      title: 'Pin the memory of batches (pin_memory=True)',
      explanation:
        'Batches are put into memory that the GPU copies from by itself: two to three times as fast, and beside other work where the copy is non_blocking. The memory cannot be swapped out, so very large batches can make it scarce. Without a GPU it has no effect.',
      edits:
        given === null ? addKeyword(loader, code, 'pin_memory=True') : [replaceNode(given, 'True')],
      link: 'https://docs.pytorch.org/docs/stable/data.html#memory-pinning',
    };
  },
};
