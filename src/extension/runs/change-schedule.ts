/** Written in one go, a file is quiet this long after its last piece. */
const QUIET_MS = 500;

/** Who waits for a file that is written all the time gets to see it after this at the latest. */
const PATIENCE_MS = 5_000;

/** Of a file that is read on, what was written meanwhile is read with it. */
const APPENDED_QUIET_MS = 100;

/** From one reading of what was appended to the next. */
const APPENDED_PAUSE_MS = 1_000;

/** The analysis of files that are read on has a fifth of the time at most. */
const PAUSE_PER_COST = 4;

/** Between two readings of files that go on growing; doubles with each reading. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Files that were quiet for this long, and for twice their pause, are not growing any more. */
const CALM_MS = 10_000;

/** What is not read in time is forgotten: nobody writes so many files that are worth it. */
const MAX_PENDING = 1_000;

interface Series {
  readonly paths: Set<string>;
  firstMs: number;
  lastMs: number;
  takenMs: number;
  pauseMs: number;
  /** What is appended is read on: soon, and again and again. */
  isReadOn: boolean;
}

/**
 * Says when changed files are worth reading: once they are quiet, or after a while where they never
 * are, and the less often the longer they grow; what is read on from where it ended, at once. Files whose
 * paths differ in numbers alone, such as the ranks of a run, are read together.
 */
export class ChangeSchedule {
  readonly #series = new Map<string, Series>();
  #pendingCount = 0;

  /** The file has more text than before. */
  noteGrowth(path: string, nowMs: number): void {
    this.#note(path, nowMs).isReadOn = false;
  }

  /** The file has more text, and only that will be read. */
  noteAppended(path: string, nowMs: number): void {
    const series = this.#note(path, nowMs);
    if (!series.isReadOn) {
      series.isReadOn = true;
      series.pauseMs = Math.min(series.pauseMs, APPENDED_PAUSE_MS);
    }
  }

  /** Reading on this file and what follows from it took so long. */
  noteCost(path: string, costMs: number): void {
    const series = this.#series.get(keyOf(path));
    if (series?.isReadOn === true) {
      series.pauseMs = Math.max(APPENDED_PAUSE_MS, costMs + PAUSE_PER_COST * costMs);
    }
  }

  /** The file came or went: read soon, however often the files like it were read before. */
  noteArrival(path: string, nowMs: number): void {
    const series = this.#note(path, nowMs);
    series.isReadOn = false;
    series.pauseMs = 0;
  }

  /** The files whose time has come. */
  takeDue(nowMs: number): string[] {
    const due: string[] = [];
    for (const [key, series] of this.#series) {
      if (series.paths.size > 0 && dueMs(series) <= nowMs) {
        due.push(...series.paths);
        this.#pendingCount -= series.paths.size;
        series.paths.clear();
        series.takenMs = nowMs;
        series.pauseMs = series.isReadOn
          ? Math.max(series.pauseMs, APPENDED_PAUSE_MS)
          : nextPauseMs(series.pauseMs);
      } else if (series.paths.size === 0 && isCalm(series, nowMs)) {
        this.#series.delete(key);
      }
    }
    return due;
  }

  /** When the next files are due; null while none wait. */
  get nextMs(): number | null {
    let next: number | null = null;
    for (const series of this.#series.values()) {
      if (series.paths.size > 0) {
        next = Math.min(next ?? Infinity, dueMs(series));
      }
    }
    return next;
  }

  clear(): void {
    this.#series.clear();
    this.#pendingCount = 0;
  }

  #note(path: string, nowMs: number): Series {
    const key = keyOf(path);
    let series = this.#series.get(key);
    if (series === undefined || isCalm(series, nowMs)) {
      series = {
        paths: series?.paths ?? new Set(),
        firstMs: series?.firstMs ?? nowMs,
        lastMs: nowMs,
        takenMs: -Infinity,
        pauseMs: 0,
        isReadOn: false,
      };
      this.#series.set(key, series);
    }
    if (series.paths.size === 0) {
      series.firstMs = nowMs;
    }
    series.lastMs = nowMs;
    if (!series.paths.has(path) && this.#pendingCount < MAX_PENDING) {
      series.paths.add(path);
      this.#pendingCount += 1;
    }
    return series;
  }
}

function keyOf(path: string): string {
  return path.replaceAll(/\d+/g, '#');
}

function dueMs({ firstMs, lastMs, takenMs, pauseMs, isReadOn }: Series): number {
  if (isReadOn) {
    return Math.max(takenMs + pauseMs, firstMs + APPENDED_QUIET_MS);
  }
  return Math.max(takenMs + pauseMs, Math.min(lastMs + QUIET_MS, firstMs + PATIENCE_MS));
}

function nextPauseMs(pauseMs: number): number {
  return Math.min(Math.max(2 * pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
}

function isCalm({ lastMs, pauseMs }: Series, nowMs: number): boolean {
  return nowMs - lastMs > Math.max(CALM_MS, 2 * pauseMs);
}
