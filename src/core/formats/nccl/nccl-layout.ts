import { KeySet } from '../json/key-set.ts';
import type { ObjectLayout } from '../json/object-scanner.ts';

/** Codes of the keys of a line and of its start. */
export const NCCL_FIELD = {
  type: 1,
  record: 2,
  name: 3,
  device: 4,
  communicator: 5,
  rank: 6,
  start: 7,
  duration: 8,
  correlation: 9,
  details: 10,
  time: 11,
  process: 12,
  thread: 13,
  stream: 14,
} as const;

export const NCCL_LAYOUT: ObjectLayout = {
  keys: new KeySet({
    type: NCCL_FIELD.type,
    recordType: NCCL_FIELD.record,
    name: NCCL_FIELD.name,
    gpuUuid: NCCL_FIELD.device,
    commId: NCCL_FIELD.communicator,
    rank: NCCL_FIELD.rank,
    start: NCCL_FIELD.start,
    duration: NCCL_FIELD.duration,
    extCorrId: NCCL_FIELD.correlation,
    details: NCCL_FIELD.details,
    stream: NCCL_FIELD.stream,
  }),
  nestedKeys: new KeySet({
    ts: NCCL_FIELD.time,
    pid: NCCL_FIELD.process,
    tid: NCCL_FIELD.thread,
  }),
  nestingCode: NCCL_FIELD.start,
  numberCodes: [NCCL_FIELD.time, NCCL_FIELD.duration],
  textCodes: [NCCL_FIELD.type, NCCL_FIELD.record, NCCL_FIELD.name],
  codeCount: 15,
};
