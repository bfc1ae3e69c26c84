import type { ByteWindow } from './byte-window.ts';
import type { DocumentVisitor } from './document-visitor.ts';
import type { Separators } from './separators.ts';

const EXCERPT_BYTES = 512;

/** Tells a visitor of a document's faults, with their offset in the file and their first bytes. */
export class DocumentLog {
  constructor(
    private readonly window: ByteWindow,
    private readonly separators: Separators,
    private readonly visitor: DocumentVisitor,
  ) {}

  offset(at: number): number {
    return this.window.fileOffset + at;
  }

  excerpt(at: number): Uint8Array {
    return this.window.bytes.subarray(at, Math.min(this.window.end, at + EXCERPT_BYTES));
  }

  drop(at: number, reason: string): void {
    this.checkSeparators('value', at);
    this.visitor.onDropped(this.offset(at), reason, this.excerpt(at));
  }

  repair(at: number, reason: string): void {
    this.visitor.onRepaired(this.offset(at), reason, this.excerpt(at));
  }

  /** Nothing is lost but what would have come. */
  tellCut(at: number, reason: string): void {
    this.visitor.onCut(this.offset(at), reason, new Uint8Array(0));
  }

  checkSeparators(before: 'value' | 'end', at: number): void {
    const trouble = this.separators.takeTrouble(before);
    if (trouble !== null) {
      this.repair(at, trouble);
    }
  }
}
