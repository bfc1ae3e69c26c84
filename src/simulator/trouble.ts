/** What can be planted into a run; times in nanoseconds, of one rank. */
export type Trouble =
  /** A function of the data pipeline takes this much longer for each batch. */
  | { readonly kind: 'slow-augment'; readonly extraNs: number }
  /** Some batches take longer: every k-th, or each with a probability. */
  | {
      readonly kind: 'late-batches';
      readonly extraNs: number;
      readonly when: { readonly every: number } | { readonly probability: number };
    }
  /** The training process loads its batches itself. */
  | { readonly kind: 'single-worker' }
  /** Batches are copied from pageable memory, through a staging buffer, while the host waits. */
  | { readonly kind: 'pageable-copy'; /** Bytes a second. */ readonly bandwidth: number }
  /** The host reads values back from the device during the forward pass, and thinks about each. */
  | { readonly kind: 'item-sync'; readonly perStep: number; readonly thinkNs: number }
  /** The host is slower than the device: each operation in many tiny kernels, or slow Python between launches. */
  | { readonly kind: 'host-bound'; readonly cause: 'small-kernels'; readonly parts: number }
  | { readonly kind: 'host-bound'; readonly cause: 'slow-python'; readonly perOperatorNs: number }
  /** One rank needs longer, in every step or only in some. */
  | {
      readonly kind: 'straggler';
      readonly rank: number;
      readonly cause: 'data' | 'compute' | 'host';
      /** Added to each of its batches, its forward kernels of a step, or its Python of a step. */
      readonly extraNs: number;
      /** Null is every step. */
      readonly steps: readonly number[] | null;
    }
  /** The link between the ranks has this share of its bandwidth, 0 to 1. */
  | { readonly kind: 'comm-exposed'; readonly bandwidthShare: number }
  /** Gradients are reduced only once the backward pass has ended. */
  | { readonly kind: 'comm-not-overlapped' }
  /** Gradients are reduced in each micro-batch rather than in the last. */
  | { readonly kind: 'sync-every-microbatch' }
  | { readonly kind: 'checkpoint'; readonly every: number; readonly pauseNs: number }
  | { readonly kind: 'logging'; readonly every: number; readonly pauseNs: number }
  /** Every k steps some batches are judged; each is waited for. */
  | {
      readonly kind: 'validation';
      readonly every: number;
      readonly batches: number;
      readonly waitNs: number;
    }
  /** Python's garbage collector stops the loop, on each rank at steps of its own. */
  | { readonly kind: 'gc-pause'; readonly every: number; readonly pauseNs: number }
  /** Device memory is allocated and freed in each step. */
  | { readonly kind: 'allocator-churn'; readonly perStep: number; readonly callNs: number }
  /** Matrix kernels run in full precision and take this many times as long. */
  | { readonly kind: 'full-precision'; readonly factor: number }
  /** Some steps compile the model again. */
  | { readonly kind: 'recompile'; readonly every: number; readonly compileNs: number }
  /** Each step takes this much longer than the one before. */
  | { readonly kind: 'step-drift'; readonly perStepNs: number }
  /** A second stream works only while the first one waits; repaired, both work at the same time. */
  | { readonly kind: 'serial-streams'; readonly share: number };

export type TroubleKind = Trouble['kind'];

export const TROUBLE_KINDS = [
  'slow-augment',
  'late-batches',
  'single-worker',
  'pageable-copy',
  'item-sync',
  'host-bound',
  'straggler',
  'comm-exposed',
  'comm-not-overlapped',
  'sync-every-microbatch',
  'checkpoint',
  'logging',
  'validation',
  'gc-pause',
  'allocator-churn',
  'full-precision',
  'recompile',
  'step-drift',
  'serial-streams',
] as const satisfies readonly TroubleKind[];
