import { KeySet } from '../json/key-set.ts';
import type { ObjectLayout } from '../json/object-scanner.ts';

/** Codes of the keys of an event and of its arguments. */
export const FIELD = {
  phase: 1,
  category: 2,
  name: 3,
  process: 4,
  thread: 5,
  time: 6,
  duration: 7,
  id: 8,
  scope: 9,
  arguments: 10,
  externalId: 11,
  correlation: 12,
  device: 13,
  callStack: 14,
  collective: 15,
  group: 16,
  sequence: 17,
  elements: 18,
  metadataName: 19,
  sortIndex: 20,
  epochUs: 21,
  step: 22,
  modelChunk: 23,
} as const;

/** https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
export const EVENT_LAYOUT: ObjectLayout = {
  keys: new KeySet({
    ph: FIELD.phase,
    cat: FIELD.category,
    name: FIELD.name,
    pid: FIELD.process,
    tid: FIELD.thread,
    ts: FIELD.time,
    dur: FIELD.duration,
    id: FIELD.id,
    scope: FIELD.scope,
    args: FIELD.arguments,
    attr: FIELD.arguments,
  }),
  nestedKeys: new KeySet({
    'External id': FIELD.externalId,
    'external id': FIELD.externalId,
    correlation: FIELD.correlation,
    device: FIELD.device,
    'Call stack': FIELD.callStack,
    'Collective name': FIELD.collective,
    'Process Group Name': FIELD.group,
    Seq: FIELD.sequence,
    'In msg nelems': FIELD.elements,
    name: FIELD.metadataName,
    sort_index: FIELD.sortIndex,
    start_time_since_epoch_in_micros: FIELD.epochUs,
    step: FIELD.step,
    model_chunk: FIELD.modelChunk,
  }),
  nestingCode: FIELD.arguments,
  codeCount: 24,
};
