import { callsBelow, isBrokenAround } from '../python-scope.ts';
import type { Fixer } from './fix.ts';

export const dataParallel: Fixer = {
  id: 'data-parallel',
  purpose: 'alone',
  detectors: [
    'one-busy-thread',
    'host-bound',
    'gpu-idle',
    'rank-imbalance',
    'comm-exposed',
    'comm-not-overlapped',
  ],
  offer(code) {
    const call = callsBelow(code.tree.topNode).find((one) => {
      const callee = code.calleeOf(one);
      return callee.at(-1) === 'DataParallel' && callee[0] === 'torch';
    });
    if (call === undefined || isBrokenAround(call)) {
      return null;
    }
    return {
      title: 'Use DistributedDataParallel instead of DataParallel (read how)',
      explanation: `Line ${code.lineOf(call.from)} drives all GPUs from one Python process, which copies the model to each of them in every step and gathers all outputs on the first. DistributedDataParallel gives each GPU a process of its own and reduces gradients during backward. It changes how the script is started, so that there is no edit for it here.`,
      edits: [],
      link: 'https://docs.pytorch.org/tutorials/beginner/ddp_series_multigpu.html',
    };
  },
};
