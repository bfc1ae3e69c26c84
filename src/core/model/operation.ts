import type { Phase } from './phase.ts';

/**
 * The operations of a pipeline-parallel job as Megatron-LM's timers name them, each with its phase.
 * https://github.com/ByteDance-Seed/StragglerAnalysis, "Code Structure"
 */
export const OPERATION_PHASES = {
  'forward-compute': 'forward',
  'backward-compute': 'backward',
  'forward-send': 'communication',
  'forward-recv': 'communication',
  'backward-send': 'communication',
  'backward-recv': 'communication',
  'params-all-gather': 'communication',
  'grads-reduce-scatter': 'communication',
  'separate-grads-all-reduce': 'communication',
  'layernorm-grads-all-reduce': 'communication',
  'embedding-grads-all-reduce': 'communication',
  'optimizer-clip-main-grad': 'communication',
  optimizer: 'optimizer',
  gc: 'other',
} as const satisfies Readonly<Record<string, Phase>>;

export type OperationKind = keyof typeof OPERATION_PHASES;

export const OPERATION_KINDS = Object.keys(OPERATION_PHASES) as readonly OperationKind[];

export function isOperationKind(name: string): name is OperationKind {
  return Object.hasOwn(OPERATION_PHASES, name);
}

export function isCommunication(kind: OperationKind): boolean {
  return OPERATION_PHASES[kind] === 'communication';
}
