/** What a span does in a training step. The index in this list is the value in `phase` columns. */
export const PHASES = [
  'none',
  'data',
  'h2d',
  'forward',
  'loss',
  'backward',
  'optimizer',
  'communication',
  'checkpoint',
  'logging',
  'validation',
  'other',
] as const;

export type Phase = (typeof PHASES)[number];

/** The parts of a training system that a phase belongs to. */
export type Layer = 'data' | 'compute' | 'orchestration';

export function phaseIndex(phase: Phase): number {
  return PHASES.indexOf(phase);
}

export function layerOf(phase: Phase): Layer {
  switch (phase) {
    case 'data':
    case 'h2d':
      return 'data';
    case 'communication':
    case 'checkpoint':
    case 'logging':
    case 'validation':
      return 'orchestration';
    default:
      return 'compute';
  }
}
