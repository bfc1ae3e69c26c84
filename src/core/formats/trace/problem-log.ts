import type { EventCounts, Problem } from '../../model/trace.ts';
import { excerptOf } from '../json/utf8.ts';

const MAX_PROBLEMS = 100;

/** So that one mistake made a thousand times leaves room for others. */
const MAX_PROBLEMS_OF_A_KIND = 10;

const MAX_EXCERPT_CHARACTERS = 120;

/** Counts what happened to the events of a file, and describes the first of each sort of trouble. */
export class ProblemLog {
  readonly #problems: Problem[] = [];
  readonly #countByReason = new Map<string, number>();
  #kept = 0;
  #repaired = 0;
  #dropped = 0;
  #clipped = 0;

  keep(): void {
    this.#kept++;
  }

  /** Events that were counted as kept, and some of them as repaired, are dropped after all. */
  unkeep(count: number, repaired = 0): void {
    this.#repaired -= repaired;
    this.#kept -= count;
    this.#dropped += count;
  }

  /** What was counted as kept is no event after all. */
  unread(): void {
    this.#kept--;
  }

  drop(byteOffset: number, reason: string, bytes: Uint8Array): void {
    this.#dropped++;
    this.describe('dropped', byteOffset, reason, bytes);
  }

  /** The last event, which is not whole. */
  cut(byteOffset: number, reason: string, bytes: Uint8Array): void {
    this.#dropped++;
    this.describe('cut', byteOffset, reason, bytes);
  }

  /** The event is among the kept. */
  repair(byteOffset: number, reason: string, bytes: Uint8Array): void {
    this.#repaired++;
    this.describe('repaired', byteOffset, reason, bytes);
  }

  clip(count: number): void {
    this.#clipped += count;
  }

  /** What is to be known of the file as a whole. */
  remark(reason: string, kind: 'remark' | 'left-out' = 'remark'): void {
    this.describe(kind, 0, reason, new Uint8Array(0));
  }

  /** Adds to the problems, not to the counts. */
  describe(kind: Problem['kind'], byteOffset: number, reason: string, bytes: Uint8Array): void {
    if (this.#hasRoom(reason)) {
      const excerpt = excerptOf(bytes, 0, bytes.length, MAX_EXCERPT_CHARACTERS);
      this.#keepProblem({ kind, byteOffset, reason, excerpt });
    }
  }

  #hasRoom(reason: string): boolean {
    const count = this.#countByReason.get(reason) ?? 0;
    return count < MAX_PROBLEMS_OF_A_KIND && this.#problems.length < MAX_PROBLEMS;
  }

  #keepProblem(problem: Problem): void {
    if (this.#hasRoom(problem.reason)) {
      const count = this.#countByReason.get(problem.reason) ?? 0;
      this.#countByReason.set(problem.reason, count + 1);
      this.#problems.push(problem);
    }
  }

  /** What another part of the file told, which comes behind this one. */
  join(counts: EventCounts, problems: readonly Problem[]): void {
    this.#kept += counts.kept;
    this.#repaired += counts.repaired;
    this.#dropped += counts.dropped;
    this.#clipped += counts.clipped;
    for (const problem of problems) {
      this.#keepProblem(problem);
    }
  }

  get counts(): EventCounts {
    return {
      read: this.#kept + this.#dropped,
      kept: this.#kept,
      repaired: this.#repaired,
      dropped: this.#dropped,
      clipped: this.#clipped,
    };
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }
}
