import type { Trouble } from './trouble.ts';

/** A training run to simulate. Times in nanoseconds, sizes in bytes. */
export interface SimulationConfig {
  /** 1 to 1024. */
  readonly ranks: number;
  readonly steps: number;
  readonly model: ModelConfig;
  readonly loader: LoaderConfig;
  readonly microBatches: number;
  readonly optimizer: 'SGD' | 'AdamW';
  /** Whether the optimizer takes many tensors with one launch, as since PyTorch 2.0, or each by itself. */
  readonly optimizerLoop: 'foreach' | 'for-loop';
  readonly communication: CommunicationConfig;
  /** The loss is read on the host every k steps; 0 is never, and the host then runs ahead of the device. */
  readonly lossReadEvery: number;
  /** Scales all random deviations; 1 is what a machine of one's own shows, 0 is none. */
  readonly noise: number;
  readonly accelerator: string;
  readonly recording: RecordingConfig;
  readonly clock: ClockConfig;
  readonly troubles: readonly Trouble[];
}

export interface ModelConfig {
  readonly kind: 'convolutional' | 'transformer';
  readonly layers: number;
  /** Of all layers together. */
  readonly parameters: number;
  /** Of a forward kernel that multiplies matrices, and of one that does not; backward kernels take twice as long. */
  readonly matrixKernelNs: number;
  readonly pointwiseKernelNs: number;
  /** What the host needs for an operator, besides its launches. */
  readonly operatorNs: number;
}

export interface LoaderConfig {
  /** 0 loads in the training process. */
  readonly workers: number;
  /** Batches a worker, as DataLoader's `prefetch_factor`. */
  readonly prefetchFactor: number;
  /** To prepare a batch, in one process. */
  readonly batchNs: number;
  readonly batchBytes: number;
}

export interface CommunicationConfig {
  /** Gradient buckets a step. */
  readonly buckets: number;
  /** Bytes a second that a ring of the ranks reduces. */
  readonly bandwidth: number;
  readonly latencyNs: number;
}

export interface RecordingConfig {
  readonly format: 'kineto' | 'spans';
  /** `record_function` around forward, loss, backward and the like. */
  readonly annotations: boolean;
  /** Frames of Python. */
  readonly stacks: boolean;
  /** `ProfilerStep#N`. */
  readonly profilerSteps: boolean;
}

/** How far the clocks of other ranks may be from that of rank 0. */
export interface ClockConfig {
  readonly skewNs: number;
  /** In parts per million. */
  readonly driftPpm: number;
}

/** A run that is well: its loader keeps up, its host runs ahead, its reductions hide behind the backward pass. */
export const HEALTHY_RUN: SimulationConfig = {
  ranks: 1,
  steps: 20,
  model: {
    kind: 'transformer',
    layers: 12,
    parameters: 85e6,
    matrixKernelNs: 600_000,
    pointwiseKernelNs: 60_000,
    operatorNs: 18_000,
  },
  loader: { workers: 4, prefetchFactor: 2, batchNs: 60_000_000, batchBytes: 9_633_792 },
  microBatches: 1,
  optimizer: 'AdamW',
  optimizerLoop: 'foreach',
  communication: { buckets: 4, bandwidth: 60e9, latencyNs: 30_000 },
  lossReadEvery: 1,
  noise: 1,
  accelerator: 'NVIDIA H100 80GB HBM3',
  recording: { format: 'kineto', annotations: true, stacks: false, profilerSteps: true },
  clock: { skewNs: 0, driftPpm: 0 },
  troubles: [],
};
