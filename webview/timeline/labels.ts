import { CAUSE_WORDS } from '../base/palette.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import type { RectangleFacts } from './window-data.ts';

/** What may be written on a rectangle, longest first; one that does not fit is not drawn. */
export function labelsOf(facts: RectangleFacts): readonly string[] {
  const duration = formatDuration(facts.endNs - facts.startNs);
  switch (facts.kind) {
    case 'gap': {
      const cause = facts.cause === null ? '' : CAUSE_WORDS[facts.cause];
      return [`idle · ${cause} ${duration}`, `idle ${duration}`, 'idle'];
    }
    case 'phase':
      return [`${facts.phase} ${duration}`, facts.phase];
    case 'span':
      return [`${facts.name} ${duration}`, facts.name, ...shorten(facts.name)];
    case 'merged':
      return [];
  }
}

/** The part that says most: `aten::conv2d`, `train.py(12): forward`, `Optimizer.step#SGD.step`. */
function shorten(name: string): readonly string[] {
  if (name.startsWith('enumerate(DataLoader)')) {
    return ['next(loader)'];
  }
  const tail = name.split(/::|: |#/).at(-1) ?? '';
  const last = tail.split('.').at(-1) ?? '';
  return [tail, last].filter((part) => part !== '');
}

/** A rectangle in words, for the tooltip and for screen readers. */
export function describeRectangle(facts: RectangleFacts): string {
  const duration = formatDuration(facts.endNs - facts.startNs);
  switch (facts.kind) {
    case 'gap':
      return `Device idle for ${duration}, waits for ${facts.cause === null ? 'nothing known' : CAUSE_WORDS[facts.cause]}`;
    case 'phase':
      return `${facts.phase}, ${duration}`;
    case 'span':
      return `${facts.name}, ${duration}${facts.phase === 'none' ? '' : `, ${facts.phase}`}`;
    case 'merged':
      return `${formatCount(facts.count, 'span')} within ${duration}, come nearer to tell them apart`;
  }
}
