import type { Evidence, Report } from '../src/core/model/report.ts';
import type {
  Selection,
  SelectionDetails,
  TimelineOverview,
  TimelineStep,
} from '../src/core/model/timeline.ts';
import type { RunStatus } from '../src/protocol/timeline-api.ts';
import { Atom } from './base/atom.ts';
import type { PanelChoices, SavedView } from './saved-view.ts';
import { isSameRange, type TimeRange } from './time-range.ts';
import type { Alignment } from './timeline/alignment.ts';
import type { Area } from './timeline/area.ts';
import type { TimesSince } from './timeline/axis.ts';
import type { Mark } from './timeline/marks.ts';
import { restoreAlignment } from './timeline/saved-alignment.ts';
import type { Matches } from './timeline/matches.ts';
import type { TrackChoices } from './timeline/track-choices.ts';

/** A run as the host gave it. */
export interface LoadedRun {
  readonly generation: number;
  readonly report: Report;
  readonly overview: TimelineOverview;
  readonly steps: readonly TimelineStep[];
  /** Ids of findings for which the editor may have edits of the script. */
  readonly fixable?: readonly string[] | undefined;
}

/** All that the page remembers; the views hold nothing of their own. */
export class Store {
  readonly range: Atom<TimeRange>;
  readonly selection: Atom<Selection | null>;
  readonly openRanks: Atom<ReadonlySet<number>>;
  readonly marks: Atom<readonly Mark[]>;
  readonly tracks: Atom<TrackChoices>;
  /** What the user wrote to see some tracks only. */
  readonly trackFilter: Atom<string>;
  readonly panels: Atom<PanelChoices>;
  readonly details = new Atom<SelectionDetails | null>(null);
  /** What was selected in tables that newer ones have replaced, to be found again; null once it was. */
  readonly lost = new Atom<SelectionDetails | null>(null);
  /** The evidence of a finding, outlined until something else is chosen. */
  readonly evidence = new Atom<readonly Evidence[]>([]);
  /** What the search on the timeline found; null while there is none. */
  readonly matches = new Atom<Matches | null>(null);
  /** Spans to search for, asked by the editor; each wish is a new object. */
  readonly wantedSpans = new Atom<{ readonly query: string } | null>(null);
  /** The track to scroll to; each wish is a new object. */
  readonly wantedTrack = new Atom<{ readonly rank: number; readonly lane: number } | null>(null);
  /** What ranks are aligned on; null shows each when it was. */
  readonly alignment: Atom<Alignment | null>;
  readonly timesSince: Atom<TimesSince>;
  /** What was chosen to be added up; null while there is none. */
  readonly area = new Atom<Area | null>(null);
  /** Index of the finding whose evidence is shown; -1 is none. */
  readonly shownFinding = new Atom(-1);
  /** How far the run is that the page shows. */
  readonly status = new Atom<RunStatus>({ kind: 'ready' });
  /** The rank to scroll to; each wish is a new object. */
  readonly wantedRank = new Atom<{ readonly rank: number } | null>(null);
  /** What came of something asked of the editor; shown for a moment. */
  readonly notice = new Atom('');
  /** What a screen reader is told of the timeline. */
  readonly announcement = new Atom('');

  constructor(view: SavedView) {
    this.range = new Atom(view.range ?? { startNs: 0, endNs: 0 }, isSameRange);
    this.selection = new Atom(view.selection, isSameSelection);
    this.marks = new Atom<readonly Mark[]>(view.marks);
    this.alignment = new Atom(restoreAlignment(view.alignment));
    this.timesSince = new Atom<TimesSince>(view.timesSince);
    this.tracks = new Atom<TrackChoices>(view.tracks);
    this.trackFilter = new Atom(view.trackFilter);
    this.panels = new Atom(view.panels);
    this.openRanks = new Atom<ReadonlySet<number>>(new Set(view.openRanks));
  }
}

export function isSameSelection(a: Selection | null, b: Selection | null): boolean {
  return a?.kind === b?.kind && a?.rank === b?.rank && a?.index === b?.index;
}
