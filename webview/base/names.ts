import { isLoaderWait } from '../../src/core/model/loader-name.ts';

/** A name as people say it: the profiler's own long one for the loader is shortened. */
export function readableName(name: string): string {
  return isLoaderWait(name) ? 'next(loader)' : name;
}

/** Shorter forms of a name, the part that says most: `aten::conv2d`, `train.py(12): forward`, `Optimizer.step#SGD.step`. */
export function shortNames(name: string): readonly string[] {
  const readable = readableName(name);
  if (readable !== name) {
    return [readable];
  }
  const tail = name.split(/::|: |#/).at(-1) ?? '';
  const last = tail.split('.').at(-1) ?? '';
  return [tail, last].filter((part) => part !== '');
}
