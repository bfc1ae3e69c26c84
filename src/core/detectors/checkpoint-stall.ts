import { defineDetector } from './detector.ts';
import {
  draftServiceStall,
  STALL_NEEDS,
  STALL_OPTIONS,
  type StallKind,
} from './service-stall-draft.ts';

const KIND: StallKind = {
  phase: 'checkpoint',
  title: 'Training stands still for checkpoints',
  does: 'saves checkpoints',
  countsDeviceWork: false,
  savingHow:
    'The time that the device idles while the loop saves, spread over all analyzed steps, of the rank that has most of it. It vanishes if another thread writes.',
  advice: [
    {
      text: 'Write in the background: torch.distributed.checkpoint.async_save copies the state to host memory and lets training go on.',
      link: 'https://docs.pytorch.org/docs/stable/distributed.checkpoint.html',
    },
    {
      text: 'Let every rank write its own shard (torch.distributed.checkpoint) instead of rank 0 all of it, to a fast local disk first.',
      link: 'https://docs.pytorch.org/tutorials/recipes/distributed_checkpoint_recipe.html',
    },
    {
      text: 'Save less often: what a failure costs on average is half of the distance between checkpoints.',
    },
  ],
};

export const checkpointStall = defineDetector({
  id: 'checkpoint-stall',
  title: KIND.title,
  needs: STALL_NEEDS,
  options: STALL_OPTIONS,

  *detect(tables, options) {
    const draft = draftServiceStall(KIND, tables, options);
    if (draft !== null) {
      yield draft;
    }
  },
});
