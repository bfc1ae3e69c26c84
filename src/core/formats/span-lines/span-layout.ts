import { KeySet } from '../json/key-set.ts';
import type { ObjectLayout } from '../json/object-scanner.ts';

/** Codes of the keys of a line and of its attributes. */
export const SPAN_FIELD = {
  type: 1,
  name: 2,
  phase: 3,
  step: 4,
  time: 5,
  duration: 6,
  file: 7,
  line: 8,
  lane: 9,
  value: 10,
  attributes: 11,
  group: 12,
  sequence: 13,
  bytes: 14,
  run: 15,
  rank: 16,
  worldSize: 17,
  process: 18,
  startUnixNs: 19,
  script: 20,
  device: 21,
  elements: 22,
  worker: 23,
  host: 24,
  clock: 25,
  config: 26,
  samples: 27,
  epoch: 28,
} as const;

/** Section 7 of the design: spans, steps, counters, events, and the header. */
export const SPAN_LAYOUT: ObjectLayout = {
  keys: new KeySet({
    type: SPAN_FIELD.type,
    name: SPAN_FIELD.name,
    phase: SPAN_FIELD.phase,
    step: SPAN_FIELD.step,
    ts: SPAN_FIELD.time,
    dur: SPAN_FIELD.duration,
    file: SPAN_FIELD.file,
    line: SPAN_FIELD.line,
    lane: SPAN_FIELD.lane,
    value: SPAN_FIELD.value,
    attrs: SPAN_FIELD.attributes,
    run: SPAN_FIELD.run,
    rank: SPAN_FIELD.rank,
    worldSize: SPAN_FIELD.worldSize,
    pid: SPAN_FIELD.process,
    startUnixNs: SPAN_FIELD.startUnixNs,
    script: SPAN_FIELD.script,
    device: SPAN_FIELD.device,
    worker: SPAN_FIELD.worker,
    host: SPAN_FIELD.host,
    clock: SPAN_FIELD.clock,
    config: SPAN_FIELD.config,
    samples: SPAN_FIELD.samples,
    epoch: SPAN_FIELD.epoch,
  }),
  nestedKeys: new KeySet({
    group: SPAN_FIELD.group,
    seq: SPAN_FIELD.sequence,
    bytes: SPAN_FIELD.bytes,
    elements: SPAN_FIELD.elements,
  }),
  nestingCode: SPAN_FIELD.attributes,
  numberCodes: [SPAN_FIELD.duration, SPAN_FIELD.step, SPAN_FIELD.line, SPAN_FIELD.value],
  textCodes: [SPAN_FIELD.name, SPAN_FIELD.phase, SPAN_FIELD.file, SPAN_FIELD.lane],
  codeCount: 29,
};

/** A longer line is no span. */
export const MAX_LINE_BYTES = 16 << 20;
