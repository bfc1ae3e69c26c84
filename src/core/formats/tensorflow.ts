import { probeEvents } from './events/probe-events.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import { TensorFlowDialect } from './tensorflow/tensorflow-dialect.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';
import { chooseSteps } from './xplane/choose-steps.ts';

/** Processes are called after planes, and in TensorFlow 1 after devices of a job. */
const OWN_PROCESS = /"name"\s*:\s*"(?:\/(?:host|device|job|gpu|cpu):[^"]*|Tensors)"/;

/**
 * `*.trace.json.gz` of the profilers of JAX and TensorFlow 2, and timelines of TensorFlow 1: device work is told by
 * the names of processes and threads. Read in one piece, since those stand at its beginning.
 * https://github.com/openxla/xla/blob/main/xla/tsl/profiler/convert/trace_events_to_json.cc
 */
export const tensorflow: Format = {
  id: 'tensorflow',
  title: 'JAX or TensorFlow trace events',

  recognize(head) {
    const { shape, eventCount } = probeEvents(head);
    const text = new TextDecoder('latin1').decode(head.bytes);
    const isOwn = text.includes('"process_name"') && OWN_PROCESS.test(text);
    return shape === 'object' && eventCount > 0 && isOwn ? 0.85 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const trace = await readEvents(source, options, {
      dialect: new TensorFlowDialect(),
      showsProcess: true,
      onMember() {
        // No member tells of the run.
      },
      clockZeroNs: () => null,
      meta: () => ({ format: 'tensorflow', ...UNKNOWN_ORIGIN }),
    });
    return chooseSteps(trace);
  },
};
