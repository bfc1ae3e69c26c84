import assert from 'node:assert/strict';
import { event, type Packet, perfettoBytes, SNAPSHOT } from '../../support/perfetto-trace.ts';
import { readBytes, viewSpans } from '../../support/read-bytes.ts';

describe('clocks of perfetto', () => {
  const at = (clock: number, time: number | bigint, sequence = 1): Packet[] => [
    event(1, time, 1, { sequence, more: [[58, clock]], fields: [[23, `clock ${clock}`]] }),
    event(2, typeof time === 'bigint' ? time + 10n : time + 10, 1, {
      sequence,
      more: [[58, clock]],
    }),
  ];

  it('are joined by snapshots, exact beyond 2^53', async () => {
    const trace = await readPackets([
      SNAPSHOT,
      ...at(6, 5_000_000_000_100n),
      ...at(1, 1_771_595_660_705_918_823n),
    ]);
    assert.deepEqual(
      viewSpans(trace).map(({ name, start, duration }) => [name, start, duration]),
      [
        ['clock 6', 0, 10],
        ['clock 1', 100, 10],
      ],
    );
  });

  it('of one writer count in their own unit from their last time', async () => {
    const own: Packet = [
      [10, 3],
      [
        6,
        [
          [
            1,
            [
              [1, 6],
              [2, 1_000_000],
            ],
          ],
          [
            1,
            [
              [1, 64],
              [2, 50],
              [3, 1],
              [4, 1_000],
            ],
          ],
        ],
      ],
    ];
    const trace = await readPackets([
      own,
      event(1, 5, 1, { sequence: 3, more: [[58, 64]], fields: [[23, 'a']] }),
      event(2, 7, 1, { sequence: 3, more: [[58, 64]] }),
      event(1, 1_020_000, 1, { sequence: 3, fields: [[23, 'b']] }),
      event(2, 1_021_000, 1, { sequence: 3 }),
    ]);
    assert.deepEqual(
      viewSpans(trace).map(({ name, start, duration }) => [name, start, duration]),
      [
        ['a', 0, 7_000],
        ['b', 15_000, 1_000],
      ],
    );
  });

  it('that nothing explains are taken as the main one, and told', async () => {
    const { problems } = await readPackets([SNAPSHOT, ...at(6, 100), ...at(130, 200)]);
    assert.deepEqual(
      problems.map(({ kind, reason }) => [kind, /a clock that the trace does not/.test(reason)]),
      [['repaired', true]],
    );
  });
});

function readPackets(packets: readonly Packet[]): ReturnType<typeof readBytes> {
  return readBytes(perfettoBytes(packets));
}
