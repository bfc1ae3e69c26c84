import { classOfTask, CLASSES } from './ascend/event-classes.ts';
import { joinLaunches } from './ascend/join-launches.ts';
import { listCollectives } from './ascend/list-collectives.ts';
import { withoutNumberedCounters } from './ascend/without-numbered-counters.ts';
import { probeEvents } from './events/probe-events.ts';
import type { EventFormat } from './events/event-format.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

/** Flows and events that only torch_npu writes. */
const OWN_CATEGORIES = ['enqueue', 'dequeue', 'async_npu', 'async_task_queue', 'HostToDevice'];

/** Names of processes, and what each task of the device has. */
const OWN_TEXT = /"(?:Ascend Hardware|CANN|HCCL|Overlap Analysis)"|"Task Type"/;

/** The profiler writes times as texts, with the nanoseconds behind the point. */
const TEXT_TIME = /"ts":\s*"\d{13,}(?:\.\d+)?"/;

/**
 * `trace_view.json` of torch_npu, the profiler of PyTorch on Ascend devices.
 * https://gitee.com/ascend/pytorch/tree/master/torch_npu/profiler/analysis
 */
export const ascend: Format = {
  id: 'ascend',
  title: 'Ascend PyTorch profiler (trace_view.json)',

  recognize(head) {
    const { shape, categories } = probeEvents(head);
    const text = shape === 'array' ? new TextDecoder('latin1').decode(head.bytes) : '';
    const isOwn =
      OWN_CATEGORIES.some((category) => categories.has(category)) ||
      OWN_TEXT.test(text) ||
      [...categories].some((category) => CLASSES.has(category));
    return TEXT_TIME.test(text) && isOwn ? 0.95 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const trace = await readEvents(source, options, ASCEND);
    return withoutNumberedCounters(listCollectives(joinLaunches(trace)));
  },
};

const ASCEND: EventFormat = {
  dialect: { classes: CLASSES, pseudoProcesses: [], classOf: classOfTask },
  showsProcess: false,
  onMember() {
    // The events are an array.
  },
  clockZeroNs: () => null,
  meta: () => ({ format: 'ascend', ...UNKNOWN_ORIGIN, backend: 'hccl' }),
};
