import type { Look, Style } from '../terminal/style.ts';
import { wrapIndented } from '../terminal/wrap.ts';

/** Where a report is written, line by line. */
export class Paper {
  readonly #lines: string[] = [];

  constructor(
    /** In characters. */
    readonly width: number,
    readonly style: Style,
  ) {}

  line(text = ''): void {
    this.#lines.push(text);
  }

  /** A paragraph; `first` stands before its first line, `indent` before the others. */
  paragraph(text: string, look: Look | null = null, first = '', indent = first): void {
    for (const line of wrapIndented(text, this.width, { first, indent })) {
      const start = line.slice(0, indent.length);
      const rest = line.slice(indent.length);
      this.#lines.push(start + (look === null ? rest : this.style(look, rest)));
    }
  }

  heading(text: string): void {
    this.line();
    this.line(this.style('bold', text));
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}
