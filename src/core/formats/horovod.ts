import { type Dialect, eventClass } from './events/dialect.ts';
import { probeEvents } from './events/probe-events.ts';
import { readEvents } from './events/read-events.ts';
import type { Format } from './format.ts';
import { LOGICAL } from './trace/lane-table.ts';
import { UNKNOWN_ORIGIN } from './trace/unknown-origin.ts';

/** Activities that only Horovod and BytePS have. */
const OWN_NAME =
  /"name"\s*:\s*"(?:NEGOTIATE_[A-Z]+|(?:NCCL|MPI|GLOO|CCL)_(?:ALLREDUCE|ALLGATHER|BCAST|BROADCAST|REDUCESCATTER|ALLTOALL)|MEMCPY_(?:IN|OUT)_FUSION_BUFFER|WAIT_FOR_(?:OTHER_TENSOR_)?DATA|INITCOMMUNICATION|PUSH_PULL[A-Z]*)"/;

/** A process stands for a tensor, and has no threads. */
const TENSOR = eventClass('annotation', LOGICAL);

const DIALECT: Dialect = { classes: new Map(), pseudoProcesses: [], classOf: () => TENSOR };

/**
 * `HOROVOD_TIMELINE`, and that of BytePS: what the exchange of each tensor waits for. An array that is never closed.
 * https://github.com/horovod/horovod/blob/master/docs/timeline.rst
 */
export const horovod: Format = {
  id: 'horovod',
  title: 'Horovod timeline',

  recognize(head) {
    const { shape, eventCount } = probeEvents(head);
    const isOwn = OWN_NAME.test(new TextDecoder('latin1').decode(head.bytes));
    return shape === 'array' && eventCount > 0 && isOwn ? 0.7 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read(source, options) {
    return readEvents(source, options, {
      dialect: DIALECT,
      showsProcess: true,
      onMember() {
        // The timeline is an array.
      },
      clockZeroNs: () => null,
      meta: () => ({ format: 'horovod', ...UNKNOWN_ORIGIN }),
    });
  },
};
