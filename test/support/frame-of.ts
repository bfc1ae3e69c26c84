import type { SourceLocation } from '../../src/core/model/source-candidate.ts';

/** The place of a frame of `train.py` that calls nothing of its own. */
export function frameOf(name: string, line: number): SourceLocation {
  return { file: 'train.py', line, how: 'stack', function: name, isFunction: true };
}
