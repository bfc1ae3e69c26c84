import * as vscode from 'vscode';
import { judgePulse, type Pulse } from '../../core/live/judge-pulse.ts';
import { GROWING_FORMAT } from '../runs/grown-files.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { readEnds, type SpanFileEnds } from './span-file-ends.ts';

const LOOK_EVERY_MS = 5_000;
/** How often a run that is silent says for how long. */
const TELL_EVERY_MS = 30_000;
/** Nobody waits for a run that has been silent for so long. */
const GIVE_UP_MS = 6 * 3_600_000;
/** Ranks of one job end together. */
const MAX_FILES = 4;

interface Watched {
  sizeBytes: number;
  lastWriteMs: number;
  longestPauseMs: number;
  /** Null until it grows: what lies there is no live run. */
  pulse: Pulse | null;
  toldAtMs: number;
}

/** Which runs grow, and which have stopped doing so; of runs that were not seen to grow it tells nothing. */
export class RunPulses implements vscode.Disposable {
  readonly #watched = new WeakMap<TrainingRun, Watched>();
  readonly #live = new Set<TrainingRun>();
  readonly #changed = new vscode.EventEmitter<TrainingRun>();
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | null = null;

  /** A run began to grow or stopped, or is silent for some time more. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly nowMs: () => number = () => Date.now(),
    private readonly lookAt: (path: string) => Promise<SpanFileEnds> = readEnds,
  ) {
    this.#subscription = vscode.Disposable.from(
      store.onDidChangeRun((run) => this.#note(run)),
      store.onDidChangeList(() => store.runs.forEach((run) => this.#note(run))),
    );
  }

  /** Null where the run was not seen to grow. */
  pulseOf(run: TrainingRun): Pulse | null {
    return this.#watched.get(run)?.pulse ?? null;
  }

  /** Looks at all that grew; done every few seconds while there are any. */
  async look(): Promise<void> {
    await Promise.all([...this.#live].map(async (run) => await this.#judge(run)));
    this.#plan();
  }

  dispose(): void {
    this.#live.clear();
    this.#plan();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #note(run: TrainingRun): void {
    const sizeBytes = run.group.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const known = this.#watched.get(run);
    if (known === undefined || sizeBytes < known.sizeBytes) {
      const fresh = { sizeBytes, lastWriteMs: run.modifiedMs, longestPauseMs: 0 };
      this.#watched.set(run, { ...fresh, pulse: null, toldAtMs: 0 });
      this.#live.delete(run);
    } else if (sizeBytes > known.sizeBytes) {
      if (known.pulse !== null) {
        const pauseMs = run.modifiedMs - known.lastWriteMs;
        known.longestPauseMs = Math.max(known.longestPauseMs, pauseMs);
      }
      known.sizeBytes = sizeBytes;
      known.lastWriteMs = run.modifiedMs;
      this.#live.add(run);
      this.#tell(run, known, { kind: 'live' });
    }
    this.#plan();
  }

  async #judge(run: TrainingRun): Promise<void> {
    const watched = this.#watched.get(run);
    if (watched === undefined || this.store.find(run.id) !== run) {
      this.#live.delete(run);
      return;
    }
    const files = run.group.files.filter(({ format }) => format === GROWING_FORMAT);
    const ends = await Promise.all(
      files.slice(0, MAX_FILES).map(async ({ path }) => await this.lookAt(path)),
    );
    const stepTime = run.analyzed?.report.stepTime;
    const pulse = judgePulse({
      nowMs: this.nowMs(),
      lastWriteMs: watched.lastWriteMs,
      longestPauseMs: watched.longestPauseMs,
      longestStepMs: (stepTime?.p99Ns ?? 0) / 1e6,
      hasEnded: ends.length > 0 && ends.every(({ hasEnded }) => hasEnded),
      isProcessThere: isAnyThere(ends),
    });
    const isOver = pulse.kind === 'ended' || ('silentMs' in pulse && pulse.silentMs > GIVE_UP_MS);
    if (isOver) {
      this.#live.delete(run);
    }
    this.#tell(run, watched, pulse);
  }

  #tell(run: TrainingRun, watched: Watched, pulse: Pulse): void {
    const isOther = watched.pulse?.kind !== pulse.kind;
    const isLonger = 'silentMs' in pulse && this.nowMs() - watched.toldAtMs >= TELL_EVERY_MS;
    watched.pulse = pulse;
    if (isOther || isLonger) {
      watched.toldAtMs = this.nowMs();
      this.#changed.fire(run);
    }
  }

  #plan(): void {
    if (this.#live.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    } else if (this.#live.size > 0) {
      this.#timer ??= setInterval(() => {
        // What cannot be looked at tells nothing.
        this.look().catch(() => undefined);
      }, LOOK_EVERY_MS);
    }
  }
}

/** Null where of no file its process can be told. */
function isAnyThere(ends: readonly SpanFileEnds[]): boolean | null {
  const known = ends.map(({ isProcessThere }) => isProcessThere).filter((one) => one !== null);
  return known.length === 0 ? null : known.some((one) => one);
}
