import { argumentOf, replaceNode } from '../edit-call.ts';
import { frameworkCall } from '../framework-calls.ts';
import type { Fixer } from './fix.ts';

/** The Trainer of Hugging Face pins memory unless it is told not to. */
export const trainerPinMemory: Fixer = {
  id: 'trainer-pin-memory',
  purpose: 'loading',
  detectors: ['copy-pageable', 'data-stall', 'host-sync'],
  offer(code, { line }) {
    const call = frameworkCall(code, 'training-arguments', line);
    const given = call && argumentOf(call, code, 'dataloader_pin_memory');
    if (given === null || code.textOf(given) !== 'False') {
      return null;
    }
    return {
      title: 'Pin the memory of batches (dataloader_pin_memory=True)',
      explanation:
        'The GPU copies batches from pinned memory by itself, two to three times as fast. The memory cannot be swapped out, so very large batches can make it scarce.',
      edits: [replaceNode(given, 'True')],
      link: 'https://huggingface.co/docs/transformers/main_classes/trainer#transformers.TrainingArguments.dataloader_pin_memory',
    };
  },
};
