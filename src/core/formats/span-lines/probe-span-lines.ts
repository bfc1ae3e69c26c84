import { FieldReader } from '../json/field-reader.ts';
import type { Head, Identity } from '../format.ts';
import type { DocumentVisitor } from '../json/document-visitor.ts';
import { LineDocument } from '../json/line-document.ts';
import type { ObjectScanner } from '../json/object-scanner.ts';
import { SpanHeader } from './span-header.ts';
import { MAX_LINE_BYTES, SPAN_FIELD, SPAN_LAYOUT } from './span-layout.ts';

export interface SpanProbe extends Identity {
  /** 0 to 1: that the file holds timing spans. */
  readonly sureness: number;
}

const LINE_TYPES: ReadonlySet<string> = new Set(['span', 'step', 'counter', 'event']);

export function probeSpanLines({ bytes }: Head): SpanProbe {
  const collector = new Collector();
  const document = new LineDocument(SPAN_LAYOUT, MAX_LINE_BYTES, collector);
  document.push(bytes);
  document.finish();
  const { header, hasHeader, spanCount } = collector;
  return {
    sureness: hasHeader ? 0.95 : spanCount > 0 ? 0.7 : 0,
    rank: header.rank,
    worldSize: header.worldSize,
    runName: header.runName,
  };
}

class Collector implements DocumentVisitor {
  readonly header = new SpanHeader();
  hasHeader = false;
  spanCount = 0;

  onEvent(scanner: ObjectScanner): void {
    const fields = new FieldReader(scanner);
    const type = fields.text(SPAN_FIELD.type);
    if (type === 'run' && !this.hasHeader) {
      this.hasHeader = true;
      this.header.read(fields);
    } else if (LINE_TYPES.has(type) && fields.has(SPAN_FIELD.time)) {
      this.spanCount++;
    }
  }

  onMember(): void {
    // Lines have nothing around them.
  }

  onDropped(): void {
    // A head says what a file is, not what is wrong with it.
  }

  onRepaired(): void {
    // As above.
  }

  onCut(): void {
    // As above: a head is cut as a rule.
  }
}
