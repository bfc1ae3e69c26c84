import type { Phase } from '../../src/core/model/phase.ts';
import type { GapCause } from '../../src/core/model/report.ts';

/**
 * One color a phase, everywhere. After Okabe and Ito (https://jfly.uni-koeln.de/color/),
 * told apart with the common kinds of color blindness; backward is a lighter blue than theirs
 * so that it stands on dark ground, too.
 */
export const PHASE_COLORS: Readonly<Record<Phase, string>> = {
  none: '#8a8f98',
  data: '#e69f00',
  h2d: '#f0e442',
  forward: '#56b4e9',
  loss: '#b9bec6',
  backward: '#2b80d9',
  optimizer: '#1aa57a',
  communication: '#cc79a7',
  checkpoint: '#d55e00',
  logging: '#a98467',
  validation: '#7fb069',
  other: '#9aa0a8',
};

/** A device that waits for the host's own work, not for a phase of it. */
const HOST_WAIT = '#b49be0';

/** Hatching: the color of what the device waits for. */
export const CAUSE_COLORS: Readonly<Record<GapCause, string>> = {
  data: PHASE_COLORS.data,
  host: HOST_WAIT,
  sync: HOST_WAIT,
  launch: HOST_WAIT,
  communication: PHASE_COLORS.communication,
  copy: PHASE_COLORS.h2d,
  checkpoint: PHASE_COLORS.checkpoint,
  profiler: PHASE_COLORS.other,
  unexplained: PHASE_COLORS.none,
};

/** A step as long as the median, and one of twice that or more. */
export const HEAT_COLORS = [PHASE_COLORS.forward, PHASE_COLORS.checkpoint] as const;

export const CAUSE_WORDS: Readonly<Record<GapCause, string>> = {
  data: 'data',
  host: 'host',
  sync: 'synchronization',
  launch: 'launches',
  communication: 'other ranks',
  copy: 'copy',
  checkpoint: 'checkpoint',
  profiler: 'the profiler',
  unexplained: 'unexplained',
};
