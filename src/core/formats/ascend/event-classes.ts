import { type EventClass, eventClass, OTHER_CLASS } from '../events/dialect.ts';
import { FIELD } from '../events/event-layout.ts';
import type { FieldReader } from '../json/field-reader.ts';
import { DEVICE_ANNOTATIONS, LOGICAL, STREAM } from '../trace/lane-table.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

/** Of what PyTorch recorded; all that the device and its libraries recorded has no category. */
export const CLASSES: ReadonlyMap<string, EventClass> = new Map(
  Object.entries({
    cpu_op: eventClass('cpu-op'),
    user_annotation: eventClass('annotation'),
    python_function: eventClass('python'),
    // An operator goes into a queue, from which another thread launches it.
    enqueue: eventClass('runtime'),
    dequeue: eventClass('runtime'),
  }),
);

const KERNEL = eventClass('kernel', STREAM);
const COPY = eventClass('memcpy', STREAM);
/** Waits, marks, and the steps that a collective consists of: the collective itself is counted. */
const DETAIL = eventClass('device-sync', DEVICE_ANNOTATIONS);
const RUNTIME = eventClass('runtime');
/** Sums of the other rows, which would count twice. */
const DERIVED = eventClass('other', LOGICAL, 'hidden');

const COMPUTE_TASK = /^(?:KERNEL_)?(?:AI_?|MIX_AI|AIV|AIC|DSA|FFTS)/;
const COPY_TASK = /^(?:PCIE_DMA|SDMA|MEMCPY)_(?:SQE|ASYNC)$/;
const COLLECTIVE_THREAD = /Communication$/;
const COLLECTIVE = /^hcom_/;
const DERIVED_ROW = /^(?:Computing|Communication|Communication\(Not Overlapped\)|Free)$/;

/** What an event without a category is, by its process; those that come before its name, by what they hold. */
export function classOfTask(
  { names, lanes }: TraceBuilder,
  place: number,
  fields: FieldReader,
): EventClass {
  switch (names.processes.get(lanes.processOf[place])) {
    case 'Overlap Analysis':
      return DERIVED;
    case 'CANN':
      return RUNTIME;
    case 'HCCL':
    case 'Communication':
      return COLLECTIVE_THREAD.test(names.threads.get(place) ?? '') ? KERNEL : DETAIL;
    default:
      return fields.has(FIELD.taskType)
        ? classOfType(fields.text(FIELD.taskType))
        : classOfName(fields.text(FIELD.name), fields);
  }
}

function classOfName(name: string, fields: FieldReader): EventClass {
  if (COLLECTIVE.test(name)) {
    return KERNEL;
  }
  return DERIVED_ROW.test(name) && !fields.has(FIELD.arguments) ? DERIVED : OTHER_CLASS;
}

/** https://www.hiascend.com/document, "Task Type" of op_summary */
function classOfType(type: string): EventClass {
  if (COMPUTE_TASK.test(type)) {
    return KERNEL;
  }
  return COPY_TASK.test(type) ? COPY : DETAIL;
}
