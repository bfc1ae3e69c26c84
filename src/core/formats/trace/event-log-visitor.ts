import type { DocumentVisitor } from '../json/document-visitor.ts';
import { FieldReader } from '../json/field-reader.ts';
import { REPAIRS, type ObjectScanner } from '../json/object-scanner.ts';
import { describeRepairs } from '../json/repair-text.ts';
import { OUTSIDE } from './selection.ts';
import type { ProblemLog } from './problem-log.ts';

const MAX_EXCERPT_BYTES = 512;

/** Counts each event as kept or dropped; what an event means is the matter of `readEvent`. */
export abstract class EventLogVisitor implements DocumentVisitor {
  readonly #log: ProblemLog;
  #fields: FieldReader | null = null;
  /** Whether a string was not UTF-8, or too long: what is told when it comes for the first time only. */
  protected hasOddStrings = false;

  constructor(log: ProblemLog) {
    this.#log = log;
  }

  /** Null if the event is kept, else why it is dropped. */
  protected abstract readEvent(
    scanner: ObjectScanner,
    fields: FieldReader,
    fileOffset: number,
  ): string | null;

  onEvent(scanner: ObjectScanner, start: number, end: number, fileOffset: number): void {
    const fields = (this.#fields ??= new FieldReader(scanner));
    fields.repairs = scanner.repairs;
    const reason = this.readEvent(scanner, fields, fileOffset);
    if (reason === null) {
      this.#log.keep();
    } else if (reason === OUTSIDE) {
      return;
    }
    if (reason !== null || fields.repairs !== 0) {
      this.hasOddStrings ||= (fields.repairs & (REPAIRS.utf8 | REPAIRS.longName)) !== 0;
      const excerpt = scanner.bytes.subarray(start, Math.min(end, start + MAX_EXCERPT_BYTES));
      this.#describe(reason, fields.repairs, fileOffset, excerpt);
    }
  }

  abstract onMember(key: string, value: Uint8Array | null): void;

  onDropped(fileOffset: number, reason: string, bytes: Uint8Array): void {
    this.#log.drop(fileOffset, reason, bytes);
  }

  onRepaired(fileOffset: number, reason: string, bytes: Uint8Array): void {
    this.#log.describe('repaired', fileOffset, reason, bytes);
  }

  onCut(fileOffset: number, reason: string, bytes: Uint8Array): void {
    if (bytes.length > 0) {
      this.#log.cut(fileOffset, reason, bytes);
    } else {
      this.#log.describe('cut', fileOffset, reason, bytes);
    }
  }

  #describe(reason: string | null, repairs: number, fileOffset: number, excerpt: Uint8Array): void {
    if (reason === null) {
      this.#log.repair(fileOffset, describeRepairs(repairs), excerpt);
    } else {
      this.#log.drop(fileOffset, reason, excerpt);
    }
  }
}
