import { toRunTime } from '../model/rank-clock.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { SpanIndex } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';
import { nameOf } from './related-spans.ts';

/** Of more levels, the innermost. */
const MAX_LEVELS = 100;
const MAX_STACK_CHARACTERS = 20_000;

/** What a span runs in; see `SelectionDetails`. */
export function stackOf(rank: AnalyzedRank, span: SpanIndex): SelectionDetails['stack'] {
  const { trace, tables } = rank;
  const { spans, lanes, strings } = trace;
  const isOnDevice = lanes[spans.lane[span]].kind === 'stream';
  const host = isOnDevice ? tables.partner[span] : span;
  const stack: SelectionDetails['stack'][number][] = [];
  const { parent } = tables.nesting;
  let i = isOnDevice || host < 0 ? host : parent[host];
  while (i >= 0 && stack.length < MAX_LEVELS) {
    stack.push({
      name: nameOf(rank, i),
      span: {
        selection: { kind: 'span', rank: tables.rank, index: i },
        startNs: toRunTime(tables.clock, spans.start[i]),
        durationNs: spans.duration[i],
      },
    });
    i = parent[i];
  }
  const recorded = host < 0 ? '' : strings[spans.stack?.[host] ?? 0];
  const frames = recorded === '' ? [] : recorded.slice(0, MAX_STACK_CHARACTERS).split(';');
  return [...stack, ...frames.map((name) => ({ name, span: null }))].slice(0, MAX_LEVELS);
}
