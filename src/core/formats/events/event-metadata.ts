import type { TraceBuilder } from '../trace/trace-builder.ts';
import { FIELD } from './event-layout.ts';
import type { FieldReader } from '../json/field-reader.ts';

/** What events of phase `M` tell: names and places of processes and threads, the zero of the clock. */
export class EventMetadata {
  /** Unix time of the file's time 0, from the SageMaker debugger; null where no event tells. */
  epochUs: number | null = null;

  read(fields: FieldReader, { labels, lanes, names }: TraceBuilder): void {
    const process = fields.string(FIELD.process, labels);
    switch (fields.text(FIELD.name)) {
      case 'process_name':
        this.#readProcess(fields, process, names.processes);
        break;
      case 'thread_name':
        names.threads.set(
          lanes.place(process, fields.string(FIELD.thread, labels)),
          fields.text(FIELD.metadataName),
        );
        break;
      case 'thread_sort_index': {
        const index = fields.number(FIELD.sortIndex);
        if (Number.isFinite(index)) {
          names.sortIndices.set(lanes.place(process, fields.string(FIELD.thread, labels)), index);
        }
        break;
      }
    }
  }

  #readProcess(fields: FieldReader, process: number, processes: Map<number, string>): void {
    const name = fields.text(FIELD.metadataName);
    if (name !== '') {
      processes.set(process, name);
    }
    const epochUs = fields.number(FIELD.epochUs);
    if (Number.isFinite(epochUs)) {
      this.epochUs = epochUs;
    }
  }
}
