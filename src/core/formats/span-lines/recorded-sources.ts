import type { RecordedSource } from '../../model/trace.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { SPAN_FIELD } from './span-layout.ts';

/** More are no scripts of one training. */
const MAX_SOURCES = 1_000;

const SHA1 = /^[0-9a-f]{40}$/;

/** Git's ids are SHA-1 or SHA-256. */
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** What lines of the type `source` tell of the files that spans name; the first word on a file counts. */
export class RecordedSources {
  readonly #byFile = new Map<string, RecordedSource>();

  add(fields: FieldReader): void {
    const file = fields.text(SPAN_FIELD.file);
    const blob = fields.text(SPAN_FIELD.blob);
    if (file === '' || !SHA1.test(blob) || this.#byFile.has(file)) {
      return;
    }
    const blobLf = fields.text(SPAN_FIELD.blobLf);
    const commit = fields.text(SPAN_FIELD.commit);
    if (this.#byFile.size < MAX_SOURCES) {
      this.#byFile.set(file, {
        file,
        blob,
        ...(SHA1.test(blobLf) ? { blobLf } : {}),
        ...(COMMIT.test(commit) ? { commit } : {}),
      });
    }
  }

  list(): readonly RecordedSource[] {
    return [...this.#byFile.values()];
  }
}
