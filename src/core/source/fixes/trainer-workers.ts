import { addKeyword, argumentOf, replaceNode } from '../edit-call.ts';
import { frameworkCall } from '../framework-calls.ts';
import type { Fixer } from './fix.ts';

const WORKERS = 4;

/** Of the Trainer of Hugging Face, which makes the loader itself. */
export const trainerWorkers: Fixer = {
  id: 'trainer-workers',
  purpose: 'loading',
  detectors: ['data-stall', 'data-single-worker', 'data-slow-stage', 'data-tail', 'serial-phases'],
  offer(code, { line }) {
    const call = frameworkCall(code, 'training-arguments', line);
    const given = call && argumentOf(call, code, 'dataloader_num_workers');
    if (call === null || (given !== null && code.textOf(given) !== '0')) {
      return null;
    }
    return {
      title: `Load batches in ${WORKERS} worker processes (dataloader_num_workers=${WORKERS})`,
      explanation: `The Trainer then prepares batches beside the step rather than in turn with it. ${WORKERS} workers a GPU are the usual start; take no more than each rank has CPU cores. A streaming dataset must have at least as many shards as there are workers.`,
      edits:
        given === null
          ? addKeyword(call, code, `dataloader_num_workers=${WORKERS}`)
          : [replaceNode(given, String(WORKERS))],
      link: 'https://huggingface.co/docs/transformers/main_classes/trainer#transformers.TrainingArguments.dataloader_num_workers',
    };
  },
};
