import { defineDetector } from './detector.ts';
import {
  draftServiceStall,
  STALL_NEEDS,
  STALL_OPTIONS,
  type StallKind,
} from './service-stall-draft.ts';

const KIND: StallKind = {
  phase: 'validation',
  title: 'Training stands still for validation',
  does: 'validates',
  countsDeviceWork: true,
  savingHow:
    'All the time in which the loop validates, spread over all analyzed steps, of the rank that has most of it. It is saved if another process validates a checkpoint; half as often saves half.',
  advice: [
    {
      text: 'Validate less often or on fewer batches, or let another process validate checkpoints while training goes on.',
    },
    {
      text: 'Make it as fast as training: several loader workers that stay (persistent_workers=True), large batches, torch.inference_mode(), and no .item() in each batch.',
      link: 'https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html',
    },
    {
      text: 'Share the validation set among the ranks instead of letting one rank do all of it.',
      link: 'https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler',
    },
  ],
};

export const validationStall = defineDetector({
  id: 'validation-stall',
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
