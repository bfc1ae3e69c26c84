import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { decodeUtf16 } from '../../../src/files/decode-utf16.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readArguments } from '../../../src/files/read-event.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { fixture, readText } from '../../support/read-bytes.ts';
import { zipBytes } from '../../support/zip-bytes.ts';

const SIGNAL = new AbortController().signal;
const TEXT = generateKineto({ steps: 6, seed: 5 });
const SMALL = new TextDecoder().decode(fixture('kineto/2024.json'));

const LITTLE = Buffer.from(`\ufeff${SMALL}`, 'utf16le');
const BIG = Buffer.from(LITTLE).swap16();

function zstd(): Uint8Array {
  return fixture('packed/kineto-6-steps.json.zst');
}

/** A frame of blocks of 128 KiB, each of one byte repeated. https://www.rfc-editor.org/rfc/rfc8878 */
function zstdOfSpaces(blockCount: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
  const blocks = Array.from({ length: blockCount }, (_, i) => {
    const block = Buffer.alloc(4, 0x20);
    block.writeUIntLE((i === blockCount - 1 ? 1 : 0) | (1 << 1) | (131_072 << 3), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...blocks]);
}

describe('packed files', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'sleuth-unpack-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(content: Uint8Array): string {
    const path = join(folder, 'trace.json');
    writeFileSync(path, content);
    return path;
  }

  async function unpacked(content: Uint8Array): Promise<{
    text: string;
    length: number;
    truncation: string | null;
    remarks: readonly string[];
  }> {
    const source = await openFile(write(content));
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of source.chunks(SIGNAL)) {
      length += chunk.length;
      if (length < 8 << 20) {
        chunks.push(chunk.slice());
      }
    }
    return {
      text: Buffer.concat(chunks).toString(),
      length,
      truncation: source.truncation(),
      remarks: source.remarks?.() ?? [],
    };
  }

  async function read(content: Uint8Array): Promise<Trace> {
    return readTrace(await openFile(write(content)), { signal: SIGNAL });
  }

  const packings: readonly (readonly [title: string, content: Uint8Array])[] = [
    ['zstd', zstd()],
    ['zip', zipBytes([{ name: 'a.json', content: TEXT }])],
    ['zip, stored', zipBytes([{ name: 'a.json', content: TEXT, isStored: true }])],
    ['zip, streamed', zipBytes([{ name: 'a.json', content: TEXT, isStreamed: true }])],
    ['gzip in zip', zipBytes([{ name: 'a.gz', content: gzipSync(TEXT), isStored: true }])],
    ['zstd in zip', zipBytes([{ name: 'a.zst', content: zstd() }])],
    ['gzip in gzip', gzipSync(gzipSync(TEXT))],
  ];
  for (const [title, content] of packings) {
    it(`${title} gives what was packed`, async () => {
      assert.deepEqual(await unpacked(content), {
        text: TEXT,
        length: TEXT.length,
        truncation: null,
        remarks: title.startsWith('zstd')
          ? ['the checksum of the zstd file is not verified; zstd --test does that']
          : [],
      });
    });

    it(`${title}, cut anywhere, gives the start of it and says so`, async () => {
      let longest = 0;
      for (let share = 0.02; share < 0.98; share += 0.06) {
        const { text, truncation } = await unpacked(
          content.subarray(0, Math.floor(share * content.length)),
        );
        assert.ok(TEXT.startsWith(text));
        assert.ok(text.length >= longest);
        assert.match(truncation ?? '', /is cut/);
        longest = text.length;
      }
      assert.ok(longest > 0.6 * TEXT.length);
    });
  }

  it('frames of zstd one after another give all of them, and spans their arguments', async () => {
    const twice = Buffer.concat([zstdOfSpaces(1), zstd(), zstdOfSpaces(2)]);
    const { text, truncation } = await unpacked(twice);
    assert.equal(text.trim(), TEXT);
    assert.equal(text.length, TEXT.length + 3 * 131_072);
    assert.equal(truncation, null);
    const trace = await read(twice);
    const { spans, strings } = trace;
    const found = await readArguments(write(twice), spans.byteOffset[7], SIGNAL);
    assert.equal(new Map(found).get('name'), strings[spans.name[7]]);
  });

  it('zstd that is damaged gives what came before', async () => {
    const bytes = Buffer.from(zstd());
    bytes.fill(0xff, bytes.length >> 1);
    const { text, truncation } = await unpacked(bytes);
    assert.ok(text.startsWith(TEXT.slice(0, 131_072)));
    assert.match(truncation ?? '', /^the zstd file is (damaged here \(.+\)|cut: .*)$/);
  });

  it('of a zip of several files the largest is read, and the others are told', async () => {
    const trace = await read(
      zipBytes([
        { name: 'runs/', content: '' },
        { name: '__MACOSX/._a.json', content: 'x'.repeat(10 * TEXT.length) },
        { name: 'runs/README.md', content: 'Read me.' },
        { name: 'runs/trace.json', content: TEXT },
      ]),
    );
    assert.equal(trace.spans.length, 6 * 301);
    assert.deepEqual(
      trace.problems.map(({ kind, reason }) => [kind, reason]),
      [
        [
          'left-out',
          'The zip archive holds 2 files, of which only the largest, runs/trace.json, is read. Left out: runs/README.md. Where they are ranks of the run, unpack the archive and analyze its folder.',
        ],
      ],
    );
  });

  it('zstd without a checksum has none that is not verified', async () => {
    assert.deepEqual((await unpacked(zstdOfSpaces(2))).remarks, []);
  });

  it('a zip whose content does not agree with its checksum is damaged', async () => {
    for (const isStored of [true, false]) {
      const right = zipBytes([{ name: 'a.json', content: TEXT, isStored }]);
      assert.equal((await unpacked(right)).truncation, null);
      const wrong = zipBytes([{ name: 'a.json', content: TEXT, isStored, checksum: 1 }]);
      const { text, truncation } = await unpacked(wrong);
      assert.equal(text, TEXT);
      assert.equal(
        truncation,
        'the zip file is damaged: what it unpacks to does not agree with its checksum',
      );
    }
  });

  it('a zip that cannot be unpacked says why and what to do', async () => {
    for (const [content, reason] of [
      [
        zipBytes([{ name: 'a.json', content: SMALL, flags: 1 }]),
        /^The zip archive is encrypted \(a\.json\): unpack/,
      ],
      [zipBytes([{ name: 'a.json', content: SMALL, method: 14 }]), /method 14\): unpack/],
      [zipBytes([{ name: 'empty/', content: '' }]), /holds no file/],
      [zipBytes([{ name: 'a.json', content: SMALL }]).subarray(0, 20), /holds no file/],
    ] as const) {
      const { problems } = await read(content);
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['unreadable'],
      );
      assert.match(problems[0].reason, reason);
    }
  });

  for (const [title, content] of [
    ['UTF-16, little end first', LITTLE],
    ['UTF-16, big end first', BIG],
  ] as const) {
    it(`${title}, is read as UTF-8, and told`, async () => {
      const { text, remarks } = await unpacked(content);
      assert.equal(text, SMALL);
      assert.match(remarks[0], /UTF-16/);
      const trace = await read(content);
      const plain = await read(Buffer.from(SMALL));
      assert.deepEqual(trace.spans, plain.spans);
      assert.deepEqual(trace.counts, plain.counts);
    });

    it(`${title}, in pieces of one byte keeps characters outside of the first plane`, async () => {
      const bytes = Buffer.from('{"név": "🔥"}', 'utf16le');
      async function* inBytes(): AsyncGenerator<Uint8Array, void, void> {
        for (const byte of content === BIG ? bytes.swap16() : bytes) {
          yield Uint8Array.of(byte);
        }
      }
      let text = '';
      for await (const chunk of decodeUtf16(inBytes(), content === BIG)) {
        text += new TextDecoder().decode(chunk);
      }
      assert.equal(text, '{"név": "🔥"}');
    });
  }

  for (const [title, content] of [
    ['gzip', gzipSync(SMALL)],
    ['zip', zipBytes([{ name: 'a.json', content: SMALL }])],
    ['UTF-16', LITTLE],
  ] as const) {
    it(`${title} cut anywhere gives every event that can be unpacked`, async () => {
      const stride = Math.ceil(content.length / 150);
      for (let length = 0; length < content.length; length += stride) {
        const cut = content.subarray(0, length);
        const { text } = await unpacked(cut);
        const { counts } = await read(cut);
        assert.equal(counts.read, counts.kept + counts.dropped);
        assert.equal(counts.kept, (await readText(text)).counts.kept, `at ${length}`);
      }
    }).timeout(60_000);
  }

  it('bombs stop at a limit, with a message', async () => {
    const spaces = gzipSync(Buffer.alloc(16 << 20, 0x20));
    const event = gzipSync('[{"ph":"i","name":"first","ts":1},');
    const members = Buffer.concat([event, ...Array<Buffer>(80).fill(spaces)]);
    for (const bomb of [members, zstdOfSpaces(10_000), gzipSync(zstdOfSpaces(10_000))]) {
      const { length, truncation } = await unpacked(bomb);
      assert.ok(length < 300 << 20, `${length} bytes of ${bomb.length}`);
      assert.match(truncation ?? '', /more than 300 times its size/);
    }
    const { counts, problems } = await read(members);
    assert.equal(counts.kept, 1);
    assert.equal(problems[0].kind, 'cut');
    assert.match(problems[0].reason, /more than 300 times its size.*: reading stopped here/);
  }).timeout(60_000);
});
