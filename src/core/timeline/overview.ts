import type { Analysis } from '../model/tables.ts';
import type { TimelineLane, TimelineOverview, TimelineRank } from '../model/timeline.ts';
import { findSlowStep, findTypicalStep } from './choose-steps.ts';
import { describeCounters } from './counter-series.ts';
import { explainStep } from './explain-step.ts';
import { laneLabel } from './lane-label.ts';

/** The frame of the page: ranks and lanes, and a typical and a slow step explained. */
export function computeOverview(analysis: Analysis): TimelineOverview {
  const typical = findTypicalStep(analysis);
  const slow = typical === null ? null : findSlowStep(analysis, typical);
  return {
    startNs: analysis.startNs,
    endNs: analysis.endNs,
    ranks: analysis.ranks.map((_, i) => describeRank(analysis, i)),
    typicalStep: typical === null ? null : explainStep(typical),
    slowStep: slow === null ? null : explainStep(slow),
  };
}

function describeRank(analysis: Analysis, i: number): TimelineRank {
  const { trace } = analysis.run.ranks[i];
  const { rank, nesting, mainLane } = analysis.ranks[i];
  const report = analysis.report.ranks.find((other) => other.rank === rank);
  const lanes = trace.lanes
    .map(({ kind, count }, lane) => ({
      lane,
      name: laneLabel(trace, lane),
      kind,
      depthCount: nesting.depthCount[lane],
      spanCount: count,
      isMain: lane === mainLane,
    }))
    .filter(({ spanCount }) => spanCount > 0);
  const counters = describeCounters({ trace, tables: analysis.ranks[i] });
  return {
    rank,
    deviceName: report?.device?.name ?? null,
    lanes: lanes.sort((a, b) => laneOrder(a) - laneOrder(b) || a.lane - b.lane),
    ...(counters.length === 0 ? {} : { counters }),
  };
}

/** The training loop's thread, the streams of the device, then the rest. */
function laneOrder({ isMain, kind }: TimelineLane): number {
  if (isMain) {
    return 0;
  }
  return ['', 'stream', 'thread', 'device-annotations', 'logical'].indexOf(kind);
}
