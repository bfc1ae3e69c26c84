import * as z from 'zod';
import { selectionSchema } from '../src/protocol/timeline-schemas.ts';
import { MAX_MARKS } from './timeline/marks.ts';
import { savedAlignmentSchema } from './timeline/saved-alignment.ts';
import { NO_CHOICES, trackChoicesSchema } from './timeline/track-choices.ts';
import { MAX_FILTER_CHARACTERS } from './timeline/track-filter.ts';

const panels = z.object({
  /** Of the heat map; null is what suits the number of ranks. */
  rankOrder: z.enum(['number', 'slowest']).nullable().default(null),
  /** What the breakdown is split by; null is what the run has. */
  breakdown: z.enum(['device', 'phases', 'layers', 'causes']).nullable().default(null),
  /** Panels that show their numbers as tables, too. */
  tables: z.array(z.enum(['steps', 'breakdown'])).default([]),
});

/** How panels are shown, where the user has chosen. */
export type PanelChoices = z.output<typeof panels>;

const DEFAULT_PANELS: PanelChoices = { rankOrder: null, breakdown: null, tables: [] };

const schema = z.object({
  range: z.object({ startNs: z.number(), endNs: z.number() }).nullable(),
  selection: selectionSchema.nullable(),
  openRanks: z.array(z.int()),
  marks: z
    .array(z.object({ timeNs: z.number(), note: z.string() }))
    .max(MAX_MARKS)
    .default([]),
  panels: panels.default(DEFAULT_PANELS),
  tracks: trackChoicesSchema.default(NO_CHOICES),
  trackFilter: z.string().max(MAX_FILTER_CHARACTERS).default(''),
  alignment: savedAlignmentSchema.nullable().default(null),
  timesSince: z.enum(['run', 'step']).default('run'),
  /** What the selection was made in; see `run-identity.ts`. */
  run: z.string().default(''),
});

/** What is kept of the view while the tab is hidden, and over a restart. */
export type SavedView = z.output<typeof schema>;

export function parseSavedView(state: unknown): SavedView {
  const parsed = schema.safeParse(state);
  return parsed.success
    ? parsed.data
    : {
        range: null,
        selection: null,
        openRanks: [],
        marks: [],
        panels: DEFAULT_PANELS,
        tracks: NO_CHOICES,
        trackFilter: '',
        alignment: null,
        timesSince: 'run',
        run: '',
      };
}
