import { categoryIndex, type SpanCategory } from '../../model/span-category.ts';
import type { Device, Trace } from '../../model/trace.ts';
import { isRecord, numberOrNull, parseJson, textOrNull } from '../json/loose-values.ts';
import type { NestedVisitor } from '../json/nested-values.ts';
import { STREAM, THREAD } from '../trace/lane-table.ts';
import { emptySpanRow } from '../trace/span-columns.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { categoryOfKernel, nameOfCopy } from './kernel-names.ts';

const ROOT = 'rocprofiler-sdk-tool.*';
const RECORDS = `${ROOT}.buffer_records`;

/** Calls of the host, by the list that they are in. */
const CALLS: Readonly<Record<string, SpanCategory>> = {
  hip_api: 'runtime',
  hsa_api: 'runtime',
  marker_api: 'annotation',
  rccl_api: 'annotation',
};

/** Places of the objects that are read; all others are passed over. */
export const WANTED: ReadonlySet<string> = new Set([
  `${ROOT}.metadata`,
  `${ROOT}.strings`,
  `${ROOT}.agents.*`,
  `${ROOT}.kernel_symbols.*`,
  ...['kernel_dispatch', 'memory_copy', ...Object.keys(CALLS)].map(
    (list) => `${RECORDS}.${list}.*`,
  ),
]);

/** The names of all operations take some 100 kB. */
export const MAX_VALUE_BYTES = 16 << 20;

const NO_BYTES = new Uint8Array(0);

type Loose = Readonly<Record<string, unknown>>;

/** Turns records into a trace; names and devices come before them in the file. */
export class RocprofReader implements NestedVisitor {
  readonly builder = new TraceBuilder();
  readonly #kernelNames = new Map<number, string>();
  readonly #devices = new Map<number, Device>();
  /** By kind of record: the names of its operations. */
  #operations: readonly (readonly unknown[])[] = [];
  /** By correlation: what a marker says. */
  readonly #messages = new Map<number, string>();
  #process = 0;
  #script: string | null = null;

  onValue(place: string, bytes: Uint8Array, fileOffset: number): void {
    const value = parseJson(bytes);
    const list = place.startsWith(`${RECORDS}.`) ? place.slice(RECORDS.length + 1, -2) : null;
    if (!isRecord(value)) {
      this.builder.log.drop(fileOffset, 'this is no JSON', bytes);
    } else if (list !== null) {
      this.#addRecord(list, value, bytes, fileOffset);
    } else if (place.endsWith('.metadata')) {
      this.#readMetadata(value);
    } else if (place.endsWith('.strings')) {
      this.#readStrings(value);
    } else if (place.endsWith('.agents.*')) {
      this.#readAgent(value);
    } else {
      this.#readSymbol(value);
    }
  }

  onDropped(fileOffset: number, reason: string): void {
    this.builder.log.drop(fileOffset, reason, NO_BYTES);
  }

  onCut(fileOffset: number, reason: string): void {
    this.builder.log.describe('cut', fileOffset, reason, NO_BYTES);
  }

  finish(byteLength: number): Trace {
    const used = new Set(this.builder.lanes.drafts.map(({ device }) => device));
    return this.builder.finish({
      clockZeroNs: null,
      meta: {
        format: 'rocprof',
        ...UNKNOWN_ORIGIN,
        script: this.#script,
        devices: [...this.#devices.values()].filter(({ index }) => used.has(index)),
        hasStacks: false,
      },
      showsProcess: false,
      byteLength,
    });
  }

  #addRecord(list: string, record: Loose, bytes: Uint8Array, offset: number): void {
    const { builder } = this;
    const start = numberOrNull(record['start_timestamp']);
    const end = numberOrNull(record['end_timestamp']);
    const whole = Math.floor((start ?? NaN) / 1000);
    const ns = start === null ? NaN : builder.time.toNs({ whole, milli: start - whole * 1000 });
    if (start === null || Number.isNaN(ns)) {
      builder.log.drop(offset, 'this record has no time, or one of another day', bytes);
      return;
    }
    builder.log.keep();
    if (end === null || end < start) {
      builder.log.repair(offset, 'this record ends before it starts', bytes);
    }
    const row = { ...emptySpanRow(), start: ns, duration: Math.max(0, (end ?? start) - start) };
    row.byteOffset = offset;
    row.correlation = idOf(memberOf(record['correlation_id'], 'internal'));
    const { name, category, lane } =
      list in CALLS ? this.#call(record, CALLS[list], row.correlation) : this.#work(list, record);
    row.name = builder.strings.internText(name);
    row.category = categoryIndex(category);
    row.lane = lane;
    builder.spans.push(row);
  }

  #call(record: Loose, category: SpanCategory, correlation: number) {
    const message = category === 'annotation' ? this.#messages.get(correlation) : undefined;
    return {
      name: message ?? this.#operationOf(record) ?? 'call',
      category,
      lane: this.#laneOf(String(numberOrNull(record['thread_id']) ?? 0), THREAD),
    };
  }

  #work(list: string, record: Loose) {
    const isCopy = list === 'memory_copy';
    const info = isCopy ? record : record['dispatch_info'];
    const id = numberOrNull(memberOf(info, 'kernel_id')) ?? 0;
    const name = isCopy
      ? nameOfCopy(this.#operationOf(record))
      : (this.#kernelNames.get(id) ?? `kernel ${id}`);
    const agents = isCopy
      ? [record['src_agent_id'], record['dst_agent_id']]
      : [memberOf(info, 'agent_id')];
    const device = agents
      .map((agent) => this.#devices.get(handleOf(agent)))
      .find((known) => known !== undefined);
    const queue = isCopy ? 'copies' : `queue ${handleOf(memberOf(info, 'queue_id'))}`;
    const index = device?.index ?? 0;
    const lane = this.#laneOf(index === 0 ? queue : `${queue} of GPU ${index}`, STREAM);
    this.builder.lanes.drafts[lane].device = index;
    return { name, category: isCopy ? ('memcpy' as const) : categoryOfKernel(name), lane };
  }

  #laneOf(thread: string, kind: typeof STREAM | typeof THREAD): number {
    const { lanes, labels, names } = this.builder;
    const place = lanes.place(labels.internText(String(this.#process)), labels.internText(thread));
    if (kind === STREAM) {
      names.threads.set(place, thread);
    }
    return lanes.lane(place, kind);
  }

  #operationOf({ kind, operation }: Loose): string | null {
    const names = this.#operations[numberOrNull(kind) ?? -1] as readonly unknown[] | undefined;
    return textOrNull(names?.[numberOrNull(operation) ?? -1]);
  }

  #readMetadata(metadata: Loose): void {
    this.#process = numberOrNull(metadata['pid']) ?? 0;
    const command = Array.isArray(metadata['command']) ? metadata['command'] : [];
    this.#script ??=
      (command.find((part) => typeof part === 'string' && part.endsWith('.py')) as
        string | undefined) ?? null;
  }

  #readStrings(strings: Loose): void {
    const records = strings['buffer_records'];
    this.#operations = (Array.isArray(records) ? records : []).map((kind) => {
      const names = memberOf(kind, 'operations');
      return Array.isArray(names) ? (names as unknown[]) : [];
    });
    const markers = strings['marker_api'];
    for (const marker of Array.isArray(markers) ? markers : []) {
      const message = textOrNull(memberOf(marker, 'value'));
      if (message !== null) {
        this.#messages.set(idOf(memberOf(marker, 'key')), message);
      }
    }
  }

  /** Type 2 is a GPU; they count from 0 in the order of their type. */
  #readAgent(agent: Loose): void {
    if (agent['type'] === 2 || agent['type'] === 'GPU') {
      this.#devices.set(handleOf(agent['id']), {
        index: numberOrNull(agent['logical_node_type_id']) ?? this.#devices.size,
        name: textOrNull(agent['product_name']) ?? textOrNull(agent['name']) ?? '',
        memoryBytes: null,
        computeCapability: null,
      });
    }
  }

  #readSymbol(symbol: Loose): void {
    const name =
      textOrNull(symbol['formatted_kernel_name']) ??
      textOrNull(symbol['demangled_kernel_name']) ??
      textOrNull(symbol['kernel_name']);
    const id = numberOrNull(symbol['kernel_id']);
    if (name !== null && id !== null) {
      this.#kernelNames.set(id, name);
    }
  }
}

function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function handleOf(value: unknown): number {
  return numberOrNull(memberOf(value, 'handle')) ?? 0;
}

/** For a column of 32 bits, in which 0 is none. */
function idOf(value: unknown): number {
  const id = numberOrNull(value) ?? 0;
  return id > 0 && Number.isInteger(id) ? (id <= 0xffffffff ? id : (id % 0xffffffff) + 1) : 0;
}
