import { CAUSE_WORDS } from '../base/palette.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { shortNames } from '../base/names.ts';
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
      return [`${facts.name} ${duration}`, facts.name, ...shortNames(facts.name)];
    case 'merged':
      return [];
  }
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
