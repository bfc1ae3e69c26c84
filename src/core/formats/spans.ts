import type { Format } from './format.ts';
import { probeSpanLines } from './span-lines/probe-span-lines.ts';
import { readSpanLines } from './span-lines/read-span-lines.ts';

/** `*.spans.jsonl`: timing spans that the training script itself records, one JSON object a line. */
export const spans: Format = {
  id: 'spans',
  title: 'Timing spans',

  recognize(head) {
    return probeSpanLines(head).sureness;
  },

  identify(head) {
    const { rank, worldSize, runName } = probeSpanLines(head);
    return { rank, worldSize, runName };
  },

  read(source, options) {
    return readSpanLines(source, options);
  },
};
