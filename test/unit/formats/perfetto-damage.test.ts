import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import {
  countTrackEvents,
  event,
  type Packet,
  packed,
  perfettoBytes,
  readPackets,
  slice,
  SNAPSHOT,
  smallRocprofTrace,
  track,
} from '../../support/perfetto-trace.ts';
import { fieldsOf } from '../../support/proto-bytes.ts';
import { readBytes, listSpans, viewSpans } from '../../support/read-bytes.ts';

const SMALL = perfettoBytes(smallRocprofTrace());

describe('perfetto, packed or damaged', () => {
  describe('packed packets', () => {
    it('are read', async () => {
      const packets = smallRocprofTrace();
      const trace = await readPackets([...packets.slice(0, 6), packed(packets.slice(6))]);
      assert.deepEqual(listSpans(trace), listSpans(await readBytes(SMALL)));
    });

    it('are read of a file', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sleuth-'));
      try {
        const path = join(folder, 'a.pftrace');
        writeFileSync(path, perfettoBytes([packed(smallRocprofTrace())]));
        const { signal } = new AbortController();
        const files = await findRunFiles([folder], signal);
        const { ranks } = await readRun(groupRuns(files)[0], { signal });
        assert.equal(ranks[0].trace.counts.kept, 17);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('that are damaged, packed twice, far too large or of another kind are dropped and told', async () => {
      const good = slice(1, 'good', '', [1, 2]);
      const bad: readonly Packet[] = [
        [[50, new Uint8Array(50).fill(7)]],
        packed([packed(good)]),
        [[50, deflateSync(new Uint8Array(17 << 20))]],
        [[133, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)]],
      ];
      for (const packet of bad) {
        const trace = await readPackets([...good, packet]);
        assert.deepEqual(
          viewSpans(trace).map(({ name }) => name),
          ['good'],
        );
        assert.equal(trace.counts.dropped, 1);
        assert.match(trace.problems[0].reason, /packed/);
      }
    });
  });

  describe('damage', () => {
    it('cut at any byte, it keeps the events of the packets that are whole', async () => {
      const whole = perfettoBytes(smallRocprofTrace().slice(0, 12));
      const borders = new Set([0, ...[...fieldsOf(whole)].map(({ end }) => end)]);
      let known = 0;
      for (let length = 0; length <= whole.length; length++) {
        const bytes = whole.subarray(0, length);
        const { counts, problems, meta, spans } = await readBytes(bytes, 64);
        if (meta.format === 'perfetto') {
          known++;
          assert.equal(counts.kept, countTrackEvents(bytes), `cut at ${length}`);
          assert.equal(counts.dropped, borders.has(length) ? 0 : 1, `cut at ${length}`);
          assert.ok(counts.read > 0 || problems.length > 0);
          assert.ok(spans.duration.every((duration) => duration >= 0));
        }
      }
      assert.ok(known > whole.length - 20);
    });

    it('harms no other packet', async () => {
      const good = slice(1, 'good', '', [1_000, 2_000]);
      const bad: readonly (readonly [Packet, RegExp])[] = [
        [
          [
            [10, 1],
            [11, Uint8Array.of(0x0b, 0x0b)],
          ],
          /no field/,
        ],
        [
          [
            [10, 1],
            [
              11,
              [
                [9, 1],
                [11, 1],
                [23, 'no time'],
              ],
            ],
          ],
          /no time/,
        ],
        [event(1, 2n ** 62n, 1), /52 days/],
        [event(9, 1_500, 1), /a type that is not known/],
        [
          [
            [8, 1_500],
            [11, [[6, [[2, 83]]]]],
          ],
          /phase S/,
        ],
        [event(4, 1_500, 1), /no value/],
        [event(2, 3_000, 1), /no begin/],
      ];
      for (const [packet, reason] of bad) {
        const trace = await readPackets([...good, packet]);
        assert.deepEqual(
          viewSpans(trace).map(({ name }) => name),
          ['good'],
        );
        assert.deepEqual(
          trace.problems.map(({ kind, reason: text }) => [kind, reason.test(text)]),
          [['dropped', true]],
        );
        assert.deepEqual([trace.counts.kept, trace.counts.dropped], [2, 1]);
      }
    });

    it('tracks without end, parents in a circle and deep nesting take no more than their room', async () => {
      const packets: Packet[] = [
        track(1, 'a', { parent: 2 }),
        track(2, 'b', { parent: 1 }),
        ...slice(1, 'in a circle', '', [1, 2]),
      ];
      for (let i = 0; i < 70_000; i++) {
        packets.push(event(1, 10 + i, i < 5_000 ? 9 : 1_000 + i, { fields: [[23, 'open']] }));
      }
      const { lanes, counts } = await readPackets(packets);
      assert.equal(counts.clipped, 70_000);
      assert.ok(lanes.length <= 65_538);
    }).timeout(20_000);

    it('a trace of a system without track events says so', async () => {
      const { problems } = await readPackets([
        SNAPSHOT,
        [
          [8, 5],
          [1, [[1, 0]]],
        ],
      ]);
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ['unreadable'],
      );
      assert.match(problems[0].reason, /no track events/);
    });
  });
});
