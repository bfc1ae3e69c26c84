import { WireCursor } from '../protobuf/wire-cursor.ts';
import type { PlaneMetadata } from './plane-metadata.ts';
import { STAT } from './schema.ts';

/**
 * By the names of stats that mean something here.
 * https://github.com/openxla/xla/blob/main/xla/tsl/profiler/utils/xplane_schema.cc
 */
const NUMBERS = {
  correlation_id: 'correlation',
  step_num: 'step',
  group_id: 'group',
  bytes_allocated: 'allocated',
  bytes_reserved: 'reserved',
  counter_value: 'counter',
  profile_start_time: 'profileStart',
  memory_size: 'memorySize',
  compute_cap_major: 'computeMajor',
  compute_cap_minor: 'computeMinor',
} as const;

const TEXTS = {
  memcpy_details: 'memcpy',
  memset_details: 'memset',
  Memset_details: 'memset',
  hlo_category: 'hloCategory',
  hlo_op: 'hloOperation',
  tf_op: 'frameworkOp',
  name: 'operationName',
  source: 'source',
  source_info: 'source',
  allocator_name: 'allocator',
  device_vendor: 'vendor',
  device_type_string: 'deviceType',
} as const;

export type NumberName = (typeof NUMBERS)[keyof typeof NUMBERS];
export type TextName = (typeof TEXTS)[keyof typeof TEXTS];

const NUMBER_NAMES: readonly NumberName[] = [...new Set(Object.values(NUMBERS))];
const TEXT_NAMES: readonly TextName[] = [...new Set(Object.values(TEXTS))];
export const NUMBER_BY_NAME: ReadonlyMap<string, NumberName> = new Map(Object.entries(NUMBERS));
export const TEXT_BY_NAME: ReadonlyMap<string, TextName> = new Map(Object.entries(TEXTS));

/** What an event tells of itself beside its name and time. */
export interface StatSource {
  /** NaN where there is none. */
  number(name: NumberName): number;
  /** Empty where there is none. */
  text(name: TextName): string;
  /** All texts as one: equal for events of which they tell the same. */
  readonly texts: string;
}

/** The stats of one event, or of one plane: those that are known here. To be emptied before the next. */
export class EventStats implements StatSource {
  /** Unix time of the time 0 of all lines, in nanoseconds. */
  profileStartNs: bigint | null = null;
  /** By the place of their names in the lists above. */
  readonly #numbers = new Float64Array(NUMBER_NAMES.length).fill(NaN);
  readonly #texts = Array<string>(TEXT_NAMES.length).fill('');
  #hasTexts = false;
  readonly #cursor = new WireCursor();

  clear(): void {
    this.#numbers.fill(NaN);
    if (this.#hasTexts) {
      this.#texts.fill('');
      this.#hasTexts = false;
    }
  }

  number(name: NumberName): number {
    return this.#numbers[NUMBER_NAMES.indexOf(name)];
  }

  text(name: TextName): string {
    return this.#texts[TEXT_NAMES.indexOf(name)];
  }

  get texts(): string {
    return this.#hasTexts ? this.#texts.join('\n') : '';
  }

  /** Adds one stat. False where its bytes are damaged. */
  add(metadata: PlaneMetadata, start: number, end: number): boolean {
    const stat = this.#cursor.open(metadata.bytes, start, end);
    let number: NumberName | undefined;
    let text: TextName | undefined;
    while (stat.next()) {
      if (stat.field === STAT.metadataId) {
        const name = metadata.statName(stat.integer());
        number = NUMBER_BY_NAME.get(name);
        text = TEXT_BY_NAME.get(name);
      } else if (number !== undefined) {
        this.#addNumber(number, stat);
      } else if (text !== undefined) {
        this.#addText(text, stat, metadata);
      }
    }
    return stat.isSound;
  }

  #addNumber(name: NumberName, stat: WireCursor): void {
    if (name === 'profileStart') {
      this.profileStartNs = stat.bigint();
    }
    const value = stat.field === STAT.double ? stat.double() : stat.number();
    if (Number.isFinite(value)) {
      this.#numbers[NUMBER_NAMES.indexOf(name)] = value;
    }
  }

  #addText(name: TextName, stat: WireCursor, metadata: PlaneMetadata): void {
    if (stat.field === STAT.text || stat.field === STAT.reference) {
      this.#hasTexts = true;
      this.#texts[TEXT_NAMES.indexOf(name)] =
        stat.field === STAT.text ? stat.text() : metadata.statName(stat.integer());
    }
  }
}
