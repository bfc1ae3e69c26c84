import type {
  ColumnMetaData,
  CompressionCodec,
  DataPageHeader,
  DataPageHeaderV2,
  FileMetaData,
} from 'hyparquet/src/types.js';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

/** A page of a writer is about 1 MiB. */
const MAX_PAGE_BYTES = 256 << 20;
/** What the last run of a page may have beyond its values: writers fill up to whole groups. */
const MAX_PADDING = 512;
const MAX_WIDTH = 32;

interface Reader {
  readonly view: DataView<ArrayBuffer>;
  offset: number;
}

/**
 * Throws where lengths in the pages of these columns contradict each other: the library believes them,
 * and a damaged one would keep it busy, or filling memory, for hours.
 */
export function checkPages(
  file: ArrayBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
): void {
  for (const { columns: chunks, num_rows } of metadata.row_groups) {
    for (const { meta_data: chunk } of chunks) {
      if (chunk !== undefined && columns.includes(chunk.path_in_schema.join('.'))) {
        const schema = metadata.schema.find(({ name }) => name === chunk.path_in_schema[0]);
        const isOptional = schema?.repetition_type !== 'REQUIRED';
        checkChunk(file, chunk, { rows: Number(num_rows), isOptional });
      }
    }
  }
}

interface Limits {
  readonly rows: number;
  readonly isOptional: boolean;
}

function checkChunk(file: ArrayBuffer, chunk: ColumnMetaData, limits: Limits): void {
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  const reader = { view: new DataView(file, start, length), offset: 0 };
  while (reader.offset < length - 1) {
    checkPage(reader, chunk, limits);
  }
}

function checkPage(reader: Reader, { codec }: ColumnMetaData, limits: Limits): void {
  const header = parquetHeader(reader);
  const { uncompressed_page_size: unpackedBytes, compressed_page_size: packedBytes } = header;
  const { buffer, byteOffset, byteLength } = reader.view;
  demand(packedBytes >= 0 && reader.offset + packedBytes <= byteLength);
  demand(unpackedBytes >= 0 && unpackedBytes <= MAX_PAGE_BYTES);
  const bytes = new Uint8Array(buffer, byteOffset + reader.offset, packedBytes);
  reader.offset += packedBytes;
  const page: Page = { bytes, unpackedBytes, codec };
  if (header.data_page_header !== undefined) {
    checkFirst(page, header.data_page_header, limits);
  } else if (header.data_page_header_v2 !== undefined) {
    checkSecond(page, header.data_page_header_v2, limits);
  } else {
    demand((header.dictionary_page_header?.num_values ?? 0) <= limits.rows);
  }
}

interface Page {
  readonly bytes: Uint8Array;
  readonly unpackedBytes: number;
  readonly codec: CompressionCodec;
}

/** A page of version 1 of the format. */
function checkFirst(
  { bytes, unpackedBytes, codec }: Page,
  { num_values: count, encoding }: DataPageHeader,
  { rows, isOptional }: Limits,
): void {
  demand(count >= 0 && count <= rows);
  const page = readerOf(decompressPage(bytes, unpackedBytes, codec, undefined));
  const nulls = isOptional ? skipLevels(page, count) : 0;
  checkValues(page, encoding, count - nulls);
}

/** A page of version 2, whose levels are not packed. */
function checkSecond(
  { bytes, unpackedBytes, codec }: Page,
  header: DataPageHeaderV2,
  { rows }: Limits,
): void {
  const { num_values: count, num_nulls: nulls, definition_levels_byte_length: levels } = header;
  demand(count >= 0 && count <= rows && nulls >= 0 && nulls <= count);
  demand(header.repetition_levels_byte_length === 0);
  demand(levels >= 0 && levels <= bytes.length && levels <= unpackedBytes);
  if (levels > 0) {
    checkRuns(readerOf(bytes), 1, count);
  }
  const data = bytes.subarray(levels);
  const page =
    header.is_compressed === false
      ? data
      : decompressPage(data, unpackedBytes - levels, codec, undefined);
  checkValues(readerOf(page), header.encoding, count - nulls);
}

/** Gives how many values are null, and leaves the reader behind the levels. */
function skipLevels(page: Reader, count: number): number {
  const end = 4 + page.view.getUint32(0, true);
  page.offset = 4;
  checkRuns(page, 1, count);
  page.offset = 4;
  const levels = new Array<number>(count);
  readRleBitPackedHybrid(page, 1, levels, end - 4);
  return levels.filter((level) => level === 0).length;
}

/** Only the rows of a dictionary are in runs. */
function checkValues(page: Reader, encoding: string, count: number): void {
  if (encoding.endsWith('_DICTIONARY') && count > 0) {
    const width = page.view.getUint8(page.offset++);
    demand(width <= MAX_WIDTH);
    checkRuns(page, width, count);
  }
}

/** https://parquet.apache.org/docs/file-format/data-pages/encodings/, "RLE" */
function checkRuns(reader: Reader, width: number, count: number): void {
  for (let seen = 0; seen < count;) {
    const header = readVarInt(reader);
    const isPacked = (header & 1) === 1;
    const groups = header >>> 1;
    const values = isPacked ? 8 * groups : groups;
    demand(header > 0 && values > 0 && values <= count - seen + MAX_PADDING);
    reader.offset += isPacked ? groups * width : (width + 7) >> 3;
    seen += values;
  }
}

function readerOf(bytes: Uint8Array): Reader {
  const { byteOffset, byteLength } = bytes;
  return { view: new DataView(bytes.buffer as ArrayBuffer, byteOffset, byteLength), offset: 0 };
}

function demand(isTrue: boolean): void {
  if (!isTrue) {
    throw new Error('a length in it contradicts the others, so it is damaged');
  }
}
