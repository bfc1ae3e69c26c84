import type { LoopSites } from '../core/source/loop-sites.ts';
import { loopSitesOf } from '../core/source/loop-sites.ts';
import { readPython } from '../core/source/python-source.ts';
import { readSource } from './index-sources.ts';

/** The training loops of each file that has any, in the order asked. */
export async function indexLoops(
  paths: readonly string[],
): Promise<{ path: string; loops: LoopSites[] }[]> {
  const indexed: { path: string; loops: LoopSites[] }[] = [];
  for (const path of paths) {
    const text = await readSource(path);
    const source = text === null || !mayTrain(text) ? null : readPython(path, text);
    const loops = source === null ? [] : loopSitesOf(source);
    if (loops.length > 0) {
      indexed.push({ path, loops: [...loops] });
    }
  }
  return indexed;
}

/** Words of which a script that trains has one; looking for them saves most files of a workspace the parsing. */
const TRAINING_WORDS: readonly string[] = [
  ...['backward', 'training_step', 'Trainer', 'value_and_grad', 'jax', 'GradientTape'],
  ...['train_step', 'train_batch', '.fit(', 'minimize', '.grad('],
];

function mayTrain(text: string): boolean {
  return TRAINING_WORDS.some((word) => text.includes(word));
}
