import type { StringTable } from '../../base/string-table.ts';
import { phaseIndex } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import { type Dialect, eventClass } from './events/dialect.ts';
import { FIELD } from './events/event-layout.ts';
import { probeEvents } from './events/probe-events.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import type { FieldReader } from './json/field-reader.ts';
import { isRecord } from './json/loose-values.ts';
import type { SpanRow } from './trace/span-columns.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

const STEP = categoryIndex('step');
const DATA = phaseIndex('data');
const MAX_UINT32 = 2 ** 32 - 1;

/** `Step:ModeKeys.TRAIN`, with the number among the arguments. */
const STEP_NAME = /^Step:?(ModeKeys|$)/;
/** Where the framework waits for its input; what comes before on other threads is not waited for. */
const INPUT_NAME = /^(IteratorGetNext|enumerate\(DataLoader\)|DataLoaderIter)/;

/**
 * Timelines of the SageMaker debugger's profiler; times count from the moment that the first process tells.
 * https://github.com/awslabs/sagemaker-debugger/blob/master/smdebug/core/tfevent/timeline_file_writer.py
 */
export const sagemaker: Format = {
  id: 'sagemaker',
  title: 'SageMaker debugger timeline',

  recognize(head) {
    const text = new TextDecoder('latin1').decode(head.bytes);
    const isOwn = text.includes('"start_time_since_epoch_in_micros"');
    return isOwn && probeEvents(head).eventCount > 0 ? 0.7 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read(source, options) {
    return readEvents(source, options, {
      dialect: new SageMakerDialect(),
      showsProcess: true,
      onMember() {
        // The timeline is an array.
      },
      clockZeroNs: () => null,
      meta: () => ({ format: 'sagemaker', ...UNKNOWN_ORIGIN }),
    });
  },
};

const MARK = eventClass('annotation');

class SageMakerDialect implements Dialect {
  readonly classes = new Map();
  readonly pseudoProcesses = [];
  /** By row of the strings. */
  readonly #isStep: (boolean | undefined)[] = [];
  readonly #isInput: (boolean | undefined)[] = [];

  classOf(): typeof MARK {
    return MARK;
  }

  describe(row: SpanRow, fields: FieldReader, strings: StringTable): void {
    const { name } = row;
    this.#isStep[name] ??= STEP_NAME.test(strings.text(name));
    this.#isInput[name] ??= INPUT_NAME.test(strings.text(name));
    row.step = this.#isStep[name] ? stepOf(fields.json(FIELD.arguments)) : 0;
    row.category = row.step > 0 ? STEP : MARK.category;
    row.recordedPhase = this.#isInput[name] ? DATA : 0;
  }
}

/** Plus 1; 0 is none. */
function stepOf(args: unknown): number {
  const step = isRecord(args) ? Number(args['step_num'] ?? NaN) : NaN;
  return Number.isInteger(step) && step >= 0 && step < MAX_UINT32 ? step + 1 : 0;
}
