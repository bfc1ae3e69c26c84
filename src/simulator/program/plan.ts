import type { SimulationConfig } from '../simulation-config.ts';
import type { Trouble, TroubleKind } from '../trouble.ts';

type TroubleOf<K extends TroubleKind> = Extract<Trouble, { readonly kind: K }>;

/** A run's configuration with what its troubles change; what the program follows. */
export interface Plan {
  readonly config: SimulationConfig;
  readonly workers: number;
  readonly isPinned: boolean;
  /** Bytes a second from host to device. */
  readonly copyBandwidth: number;
  readonly matrixFactor: number;
  readonly isFullPrecision: boolean;
  /** Kernels that a pointwise operation is split into. */
  readonly parts: number;
  readonly pythonPerOperatorNs: number;
  readonly linkBandwidth: number;
  readonly overlapsReductions: boolean;
  readonly reducesEachMicroBatch: boolean;
  readonly augmentNs: number;
  readonly driftNs: number;
  readonly late: readonly TroubleOf<'late-batches'>[];
  readonly stragglers: readonly TroubleOf<'straggler'>[];
  readonly items: TroubleOf<'item-sync'> | null;
  readonly churn: TroubleOf<'allocator-churn'> | null;
  readonly checkpoint: TroubleOf<'checkpoint'> | null;
  readonly logging: TroubleOf<'logging'> | null;
  readonly validation: TroubleOf<'validation'> | null;
  readonly garbage: TroubleOf<'gc-pause'> | null;
  readonly recompile: TroubleOf<'recompile'> | null;
  /** Work on the side stream, as a share of a layer's forward pass; serial or at the same time. */
  readonly side: { readonly share: number; readonly isSerial: boolean } | null;
}

const PINNED_BANDWIDTH = 24e9;
const DEFAULT_WORKERS = 4;

/** `repaired`: rows of `config.troubles` that are taken out. */
export function planOf(config: SimulationConfig, repaired: ReadonlySet<number>): Plan {
  const present = config.troubles.filter((_, row) => !repaired.has(row));
  const all = <K extends TroubleKind>(kind: K, from = present): TroubleOf<K>[] =>
    from.filter((trouble): trouble is TroubleOf<K> => trouble.kind === kind);
  const first = <K extends TroubleKind>(kind: K): TroubleOf<K> | null => all(kind).at(0) ?? null;
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);
  const host = all('host-bound');
  const side = all('serial-streams', [...config.troubles]).at(0);
  return {
    config,
    workers:
      first('single-worker') !== null
        ? 0
        : all('single-worker', [...config.troubles]).length > 0 && config.loader.workers === 0
          ? DEFAULT_WORKERS
          : config.loader.workers,
    isPinned: first('pageable-copy') === null,
    copyBandwidth: first('pageable-copy')?.bandwidth ?? PINNED_BANDWIDTH,
    matrixFactor: product(all('full-precision').map(({ factor }) => factor)),
    isFullPrecision: first('full-precision') !== null,
    parts: product(host.map((one) => (one.cause === 'small-kernels' ? one.parts : 1))),
    pythonPerOperatorNs: sum(
      host.map((one) => (one.cause === 'slow-python' ? one.perOperatorNs : 0)),
    ),
    linkBandwidth:
      config.communication.bandwidth *
      product(all('comm-exposed').map(({ bandwidthShare }) => bandwidthShare)),
    overlapsReductions: first('comm-not-overlapped') === null,
    reducesEachMicroBatch: first('sync-every-microbatch') !== null,
    augmentNs: sum(all('slow-augment').map(({ extraNs }) => extraNs)),
    driftNs: sum(all('step-drift').map(({ perStepNs }) => perStepNs)),
    late: all('late-batches'),
    stragglers: all('straggler'),
    items: first('item-sync'),
    churn: first('allocator-churn'),
    checkpoint: first('checkpoint'),
    logging: first('logging'),
    validation: first('validation'),
    garbage: first('gc-pause'),
    recompile: first('recompile'),
    side:
      side === undefined ? null : { share: side.share, isSerial: first('serial-streams') !== null },
  };
}

/** Whether something of every k-th step is due in this one. */
export function isDue(step: number, every: number): boolean {
  return step >= 0 && every > 0 && (step + 1) % every === 0;
}

/** Ranks collect their garbage at steps of their own. */
export function isGarbageDue(step: number, rank: number, every: number): boolean {
  return isDue(step + rank * 3, every);
}
