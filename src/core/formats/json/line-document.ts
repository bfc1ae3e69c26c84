import { COMMA, IS_BLANK, OPEN_BRACE } from './bytes.ts';
import type { ByteWindow } from './byte-window.ts';
import type { DocumentVisitor, EventSink } from './document-visitor.ts';
import type { ObjectLayout, ObjectScanner } from './object-scanner.ts';
import { ScannedText } from './scanned-text.ts';

const NEWLINE = 0x0a;

const EXCERPT_BYTES = 512;

const NO_LINE_BREAK = 'a line break is missing here';

/** Reads events of which each is an object on a line of its own. A bad line harms no other. */
export class LineDocument implements EventSink {
  readonly #visitor: DocumentVisitor;
  readonly #maxLineBytes: number;
  readonly #text: ScannedText;
  readonly #window: ByteWindow;
  readonly #scanner: ObjectScanner;
  #at = 0;
  /** Where the search for the end of the line goes on. */
  #searched = 0;
  #isSkipping = false;

  constructor(layout: ObjectLayout, maxLineBytes: number, visitor: DocumentVisitor) {
    this.#text = new ScannedText(layout);
    this.#window = this.#text.window;
    this.#scanner = this.#text.scanner;
    this.#maxLineBytes = maxLineBytes;
    this.#visitor = visitor;
  }

  push(chunk: Uint8Array): void {
    this.#window.append(chunk, this.#at);
    this.#searched -= this.#at;
    this.#at = 0;
    for (let end = this.#findLineEnd(); end >= 0; end = this.#findLineEnd()) {
      this.#readLine(end, true);
      this.#at = end + 1;
      this.#searched = this.#at;
    }
    this.#searched = this.#window.end;
    if (this.#window.end - this.#at > this.#maxLineBytes || this.#isSkipping) {
      this.#giveUpLine();
    }
  }

  finish(): void {
    this.#readLine(this.#window.end, false);
    this.#text.close();
  }

  #findLineEnd(): number {
    const { bytes, end } = this.#window;
    return bytes.subarray(0, end).indexOf(NEWLINE, this.#searched);
  }

  #readLine(lineEnd: number, isWhole: boolean): void {
    const { bytes } = this.#window;
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    let start = this.#skipBlanks(this.#skipByteOrderMark(), lineEnd);
    // The scanner takes a zero for the end of what there is.
    bytes[lineEnd] = 0;
    this.#scanner.attach(bytes, lineEnd);
    while (start < lineEnd) {
      const end = bytes[start] === OPEN_BRACE ? this.#scanner.scan(start) : -1;
      if (end < 0) {
        this.#refuse(start, lineEnd, isWhole);
        return;
      }
      this.#visitor.onEvent(this.#scanner, start, end, this.#window.fileOffset + start);
      start = this.#skipBlanks(end, lineEnd);
      if (start < lineEnd) {
        const excerpt = bytes.subarray(start, Math.min(lineEnd, start + EXCERPT_BYTES));
        this.#visitor.onRepaired(this.#window.fileOffset + start, NO_LINE_BREAK, excerpt);
      }
    }
  }

  #refuse(start: number, lineEnd: number, isWhole: boolean): void {
    const offset = this.#window.fileOffset + start;
    const excerpt = this.#window.bytes.subarray(start, Math.min(lineEnd, start + EXCERPT_BYTES));
    if (isWhole) {
      this.#visitor.onDropped(offset, 'this line is not a JSON object', excerpt);
    } else {
      this.#visitor.onCut(offset, 'the last line is not whole', excerpt);
    }
  }

  #skipByteOrderMark(): number {
    const { bytes, fileOffset } = this.#window;
    const isMarked =
      fileOffset + this.#at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return isMarked ? 3 : this.#at;
  }

  #giveUpLine(): void {
    if (!this.#isSkipping) {
      const bytes = this.#window.bytes.subarray(this.#at, this.#at + EXCERPT_BYTES);
      this.#visitor.onDropped(this.#window.fileOffset + this.#at, 'this line is too long', bytes);
      this.#isSkipping = true;
    }
    this.#at = this.#window.end;
  }

  #skipBlanks(from: number, end: number): number {
    const { bytes } = this.#window;
    let p = from;
    while (p < end && (IS_BLANK[bytes[p]] === 1 || bytes[p] === COMMA)) {
      p++;
    }
    return p;
  }
}
