import type { StringTable } from '../../../base/string-table.ts';
import { categoryIndex, type SpanCategory } from '../../model/span-category.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { THREAD, type LaneKindIndex } from '../trace/lane-table.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

/** What the category of an event says of it. */
export interface EventClass {
  /** Index into `SPAN_CATEGORIES`. */
  readonly category: number;
  readonly lane: LaneKindIndex;
  /**
   * What is about the profiler rather than the program is `hidden`: counted as kept, never shown; or
   * `bounded`: clipped to the time of all else.
   */
  readonly role: 'shown' | 'bounded' | 'hidden';
}

/** How one family of recorders uses the events. */
export interface Dialect {
  readonly classes: ReadonlyMap<string, EventClass>;
  /** Processes that do not exist: all of their events are about the profiler. */
  readonly pseudoProcesses: readonly string[];
  /**
   * What an event without a category is, by its place, whose names may come later, and its fields; where there
   * are no classes, any event.
   */
  classOf?(builder: TraceBuilder, place: number, fields: FieldReader): EventClass;
  /** Reads of a span what only this family tells; sets the same columns each time. */
  describe?(row: SpanRow, fields: FieldReader, strings: StringTable): void;
}

export const OTHER_CLASS: EventClass = eventClass('other');

export function eventClass(
  category: SpanCategory,
  lane: LaneKindIndex = THREAD,
  role: EventClass['role'] = 'shown',
): EventClass {
  return { category: categoryIndex(category), lane, role };
}
