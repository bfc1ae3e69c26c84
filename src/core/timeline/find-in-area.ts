import type { AreaRequest } from '../model/timeline.ts';
import type { SpanIndex } from '../model/units.ts';
import type { DrawnRun } from './analyzed-rank.ts';
import { type AreaOfRank, isInside, keyFinder, ranksInArea, spansBefore } from './area-lanes.ts';
import { type Found, listLongest } from './find-spans.ts';
import { MAX_NAME_CHARACTERS } from './summarize-area.ts';

/** The spans of one group of an area, in time order; of very many, the longest. */
export function findInArea(run: DrawnRun, request: AreaRequest, group: string): Found {
  const areas = ranksInArea(run, request);
  return listLongest((visit) => {
    for (const area of areas) {
      const keyOf = keyFinder(area.rank, request.by);
      forEachInside(area, (i) => {
        if (keyOf(i).slice(0, MAX_NAME_CHARACTERS) === group) {
          visit(area.rank, i);
        }
      });
    }
  });
}

function forEachInside(area: AreaOfRank, visit: (i: SpanIndex) => void): void {
  for (const lane of area.lanes) {
    const { first, end } = spansBefore(area.rank, lane, area.to);
    for (let i = first; i < end; i++) {
      if (isInside(area, i)) {
        visit(i);
      }
    }
  }
}
