import type { Phase } from '../../src/core/model/phase.ts';
import type { GapCause } from '../../src/core/model/report.ts';

/**
 * One color a phase, everywhere. Five are Okabe's and Ito's (https://jfly.uni-koeln.de/color/); the others
 * were searched for so that any two are told apart with each of the common kinds of color blindness.
 */
export const PHASE_COLORS: Readonly<Record<Phase, string>> = {
  none: '#6e756f',
  data: '#e69f00',
  h2d: '#f0e442',
  forward: '#56b4e9',
  loss: '#c3c2c4',
  backward: '#3f6fee',
  optimizer: '#549c67',
  communication: '#cc79a7',
  checkpoint: '#d55e00',
  logging: '#a05040',
  validation: '#aadf95',
  other: '#9a9a8f',
};

/** A device that waits for the host's own work, not for a phase of it. */
const HOST_WAIT = '#9a5ba6';

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
