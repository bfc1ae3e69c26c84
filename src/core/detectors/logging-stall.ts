import { defineDetector } from './detector.ts';
import {
  draftServiceStall,
  STALL_NEEDS,
  STALL_OPTIONS,
  type StallKind,
} from './service-stall-draft.ts';

const KIND: StallKind = {
  phase: 'logging',
  title: 'Training stands still for logging',
  does: 'logs',
  countsDeviceWork: false,
  savingHow:
    'The time that the device idles while the loop logs, spread over all analyzed steps, of the rank that has most of it. It vanishes if another thread logs, or if it is done seldom.',
  advice: [
    {
      text: 'Log every N steps, and gather values on the device until then: reading a tensor (.item(), print, add_scalar) waits for the GPU.',
      link: 'https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html#avoid-unnecessary-cpu-gpu-synchronization',
    },
    {
      text: 'Hand values to a thread or a queue that writes them; images and histograms cost most.',
      link: 'https://docs.python.org/3/library/logging.handlers.html#queuehandler',
    },
    {
      text: 'Log on one rank only.',
    },
  ],
};

export const loggingStall = defineDetector({
  id: 'logging-stall',
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
