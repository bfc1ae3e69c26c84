import type { Device } from '../model/trace.ts';
import { eventClass, type Dialect, type EventClass } from './events/dialect.ts';
import { eventParts } from './events/event-parts.ts';
import { probeEvents } from './events/probe-events.ts';
import type { EventFormat } from './events/event-format.ts';
import { readEvents } from './events/read-events.ts';
import type { Format, Head, Identity } from './format.ts';
import { isRecord, numberOrNull, parseJson, textOrNull } from './json/loose-values.ts';
import { DEVICE_ANNOTATIONS, LOGICAL, STREAM } from './trace/lane-table.ts';
import { ProfilerMessages } from './trace/profiler-messages.ts';

/** https://github.com/pytorch/kineto/blob/main/libkineto/src/ActivityType.cpp, and the names of 2020. */
const CLASSES: ReadonlyMap<string, EventClass> = new Map(
  Object.entries({
    cpu_op: eventClass('cpu-op'),
    Operator: eventClass('cpu-op'),
    user_annotation: eventClass('annotation'),
    python_function: eventClass('python'),
    cuda_runtime: eventClass('runtime'),
    cuda_driver: eventClass('runtime'),
    Runtime: eventClass('runtime'),
    mtia_runtime: eventClass('runtime'),
    xpu_runtime: eventClass('runtime'),
    xpu_driver: eventClass('runtime'),
    privateuse1_runtime: eventClass('runtime'),
    privateuse1_driver: eventClass('runtime'),
    kernel: eventClass('kernel', STREAM),
    Kernel: eventClass('kernel', STREAM),
    concurrent_kernel: eventClass('kernel', STREAM),
    mtia_ccp_events: eventClass('kernel', STREAM),
    gpu_memcpy: eventClass('memcpy', STREAM),
    Memcpy: eventClass('memcpy', STREAM),
    gpu_memset: eventClass('memset', STREAM),
    Memset: eventClass('memset', STREAM),
    gpu_user_annotation: eventClass('device-annotation', DEVICE_ANNOTATIONS),
    cuda_sync: eventClass('device-sync', DEVICE_ANNOTATIONS),
    overhead: eventClass('overhead', LOGICAL, 'bounded'),
    Trace: eventClass('other', LOGICAL, 'hidden'),
  }),
);

const DIALECT: Dialect = { classes: CLASSES, pseudoProcesses: ['Spans', 'Traces', ''] };

/** Members that no other tool writes around trace events. */
const OWN_MEMBERS = [
  'schemaVersion',
  'deviceProperties',
  'distributedInfo',
  'baseTimeNanoseconds',
  'traceName',
  'cupti_version',
  'roctracer_version',
];

export const kineto: Format = {
  id: 'kineto',
  title: 'PyTorch profiler (Kineto)',

  recognize(head) {
    const { shape, members, categories } = probeEvents(head);
    if (shape === 'object' && OWN_MEMBERS.some((member) => members.has(member))) {
      return members.has('nodes') ? 0 : 0.9;
    }
    return [...categories].some((category) => CLASSES.has(category)) ? 0.8 : 0;
  },

  identify(head) {
    return identifyRank(head);
  },

  read(source, options) {
    return readEvents(source, options, new KinetoFormat());
  },

  parts: eventParts(() => new KinetoFormat()),
};

function identifyRank(head: Head): Identity {
  const format = new KinetoFormat();
  for (const [key, value] of probeEvents(head).members) {
    format.onMember(key, value);
  }
  const { rank, worldSize, runName } = format.meta();
  return rank === null ? rankInCutMember(head) : { rank, worldSize, runName };
}

/** With thousands of ranks the member is longer than the head; rank and world stand at its beginning. */
function rankInCutMember({ bytes }: Head): Identity {
  const text = new TextDecoder('latin1').decode(bytes);
  const info = /"distributedInfo"\s*:\s*\{([^[{}]*)/.exec(text)?.[1] ?? '';
  const rank = /"rank"\s*:\s*(\d{1,7})\b/.exec(info)?.[1];
  const worldSize = /"world_size"\s*:\s*(\d{1,7})\b/.exec(info)?.[1];
  return {
    rank: rank === undefined ? null : Number(rank),
    worldSize: worldSize === undefined ? null : Number(worldSize),
    runName: null,
  };
}

class KinetoFormat implements EventFormat {
  readonly dialect = DIALECT;
  readonly showsProcess = false;
  #rank: number | null = null;
  #worldSize: number | null = null;
  #backend: string | null = null;
  #devices: readonly Device[] = [];
  #baseNs: bigint | null = null;
  #shiftNs = 0n;
  readonly #messages = new ProfilerMessages();

  onMember(key: string, value: Uint8Array | null): void {
    switch (key) {
      case 'distributedInfo':
        this.#readDistributedInfo(parseJson(value));
        break;
      case 'deviceProperties':
        this.#devices = readDevices(parseJson(value));
        break;
      case 'baseTimeNanoseconds':
        this.#takeBase(readInteger(value));
        break;
      case 'WARNING':
      case 'ERROR':
        this.#messages.addAll(key === 'ERROR' ? 'error' : 'warning', parseJson(value));
        break;
    }
  }

  clockZeroNs(): bigint | null {
    return this.#baseNs;
  }

  /** Of several documents in one file each has a base of its own; the clock is that of the first. */
  clockShiftNs(): bigint {
    return this.#shiftNs;
  }

  meta(): ReturnType<EventFormat['meta']> {
    return {
      format: 'kineto',
      rank: this.#rank,
      worldSize: this.#worldSize,
      backend: this.#backend,
      runName: null,
      script: null,
      devices: this.#devices,
      ...this.#messages.asMeta(),
    };
  }

  #takeBase(baseNs: bigint | null): void {
    if (baseNs !== null && this.#baseNs !== null) {
      this.#shiftNs = baseNs - this.#baseNs;
    }
    this.#baseNs ??= baseNs;
  }

  #readDistributedInfo(info: unknown): void {
    if (isRecord(info)) {
      this.#rank = rankOrNull(info['rank']);
      this.#worldSize = rankOrNull(info['world_size']);
      this.#backend = textOrNull(info['backend']);
    }
  }
}

function rankOrNull(value: unknown): number | null {
  const number = numberOrNull(value);
  return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
}

/** More than fits a double: never through a number. */
function readInteger(value: Uint8Array | null): bigint | null {
  const text = value === null ? '' : new TextDecoder().decode(value.subarray(0, 40));
  const digits = /^"?(\d+)/.exec(text)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

function readDevices(value: unknown): readonly Device[] {
  return (Array.isArray(value) ? value : []).filter(isRecord).map((device, i) => {
    const major = numberOrNull(device['computeMajor']);
    const minor = numberOrNull(device['computeMinor']);
    return {
      index: numberOrNull(device['id']) ?? i,
      name: textOrNull(device['name']) ?? '',
      memoryBytes: numberOrNull(device['totalGlobalMem']),
      computeCapability: major === null ? null : major + (minor ?? 0) / 10,
    };
  });
}
