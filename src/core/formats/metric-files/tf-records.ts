import { crc32c } from '../../../base/crc32c.ts';
import { ByteWindow } from '../json/byte-window.ts';
import type { EventSink } from '../json/document-visitor.ts';
import type { ProblemLog } from '../trace/problem-log.ts';

const LENGTH_BYTES = 8;
const CHECKSUM_BYTES = 4;
const HEADER_BYTES = LENGTH_BYTES + CHECKSUM_BYTES;

/** Larger records hold pictures and graphs, and are passed over. */
const MAX_RECORD_BYTES = 16 << 20;

/** `data` is gone after the call. */
export type TakeRecord = (data: Uint8Array, offset: number) => void;

/**
 * Cuts bytes into records of TensorFlow: length, its checksum, data, its checksum.
 * https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export class TfRecords implements EventSink {
  readonly #window = new ByteWindow();
  #at = 0;
  /** Bytes of a large record that are still to be passed over. */
  #skip = 0;
  #isLost = false;

  constructor(
    private readonly take: TakeRecord,
    private readonly log: ProblemLog,
  ) {}

  push(chunk: Uint8Array): void {
    if (this.#isLost) {
      return;
    }
    this.#window.append(chunk, this.#at);
    this.#at = 0;
    while (this.#next()) {
      // Each is one record.
    }
  }

  finish(): void {
    const { bytes, end, fileOffset } = this.#window;
    const isCut = end > this.#at || this.#skip > 0;
    if (isCut && !this.#isLost) {
      const rest = bytes.subarray(this.#at, Math.min(end, this.#at + 64));
      this.log.cut(fileOffset + this.#at, 'the last record is not whole', rest);
    }
  }

  #next(): boolean {
    const { bytes, end, fileOffset } = this.#window;
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, end - this.#at);
      this.#skip -= passed;
      this.#at += passed;
      return this.#skip === 0 && passed > 0;
    }
    const start = this.#at;
    const length = end - start < HEADER_BYTES ? null : recordLength(bytes.subarray(start, end));
    if (length === null) {
      return false;
    }
    const offset = fileOffset + start;
    if (length < 0) {
      const reason =
        'the length of this record does not agree with its checksum, so no later record can be found';
      this.log.cut(offset, reason, bytes.subarray(start, Math.min(end, start + 64)));
      this.#isLost = true;
      return false;
    }
    const whole = HEADER_BYTES + length + CHECKSUM_BYTES;
    if (length > MAX_RECORD_BYTES) {
      this.#skip = whole;
      return true;
    }
    if (end - start < whole) {
      return false;
    }
    this.#takeData(bytes.subarray(start + HEADER_BYTES, start + whole), offset);
    this.#at = start + whole;
    return true;
  }

  #takeData(dataAndChecksum: Uint8Array, offset: number): void {
    const end = dataAndChecksum.length - CHECKSUM_BYTES;
    const data = dataAndChecksum.subarray(0, end);
    if (masked(crc32c(data)) === uint32At(dataAndChecksum, end)) {
      this.take(data, offset);
    } else {
      this.log.drop(offset, 'this record does not agree with its checksum', data.subarray(0, 64));
    }
  }
}

/** Of the record that begins here; -1 where its checksum says otherwise. */
export function recordLength(bytes: Uint8Array): number {
  const isRight = masked(crc32c(bytes.subarray(0, LENGTH_BYTES))) === uint32At(bytes, LENGTH_BYTES);
  const length = uint32At(bytes, 0) + 2 ** 32 * uint32At(bytes, 4);
  return isRight && length < 2 ** 40 ? length : -1;
}

/** As TensorFlow stores checksums, so that those of checksums are none. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
