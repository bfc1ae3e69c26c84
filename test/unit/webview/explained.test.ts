import assert from 'node:assert/strict';
import type { ExplainedStep, StepSlice } from '../../../src/core/model/timeline.ts';
import { describeLonger } from '../../../webview/explained/describe-longer.ts';
import { layOutExplained, pieceAt } from '../../../webview/explained/layout.ts';
import { longerSlices } from '../../../webview/explained/longer-slices.ts';

const piece = { phase: 'data', cause: null, label: 'next' } as const;
const step: ExplainedStep = {
  rank: 0,
  step: 1,
  startNs: 1000,
  durationNs: 100,
  host: [{ ...piece, startNs: 1000, durationNs: 50 }],
  device: [{ ...piece, startNs: 1050, durationNs: 50 }],
  slices: [],
};

describe('one step explained', () => {
  it('puts host above device on one scale', () => {
    const { rows, plotWidth } = layOutExplained(step, 500, 100);
    const [host, device] = rows.map(({ boxes }) => boxes[0]);
    assert.ok(Math.abs(host.width - plotWidth / 2) < 1e-9);
    assert.ok(Math.abs(device.x - host.x - plotWidth / 2) < 1e-9);
    assert.equal(pieceAt(rows, device.x + 1, rows[1].top + 1), step.device[0]);
    assert.equal(pieceAt(rows, device.x + 1, rows[0].top + 1), undefined);
  });

  it('takes as much room as its share of the scale, so that two steps can be compared', () => {
    const [long, short] = [100, 400].map((scaleNs) => layOutExplained(step, 500, scaleNs));
    const [wide, narrow] = [long, short].map(({ rows }) => rows[0].boxes[0].width);
    assert.ok(Math.abs(wide - 4 * narrow) < 1e-9);
    assert.equal(long.height, short.height);
  });

  it('leaves the device out where there is none', () => {
    const hostOnly = layOutExplained({ ...step, device: [] }, 500, 100);
    assert.equal(hostOnly.rows.length, 1);
    assert.ok(hostOnly.height < layOutExplained(step, 500, 100).height);
  });
});

describe('what is longer in a slow step', () => {
  const plain = (text: string) => text.replaceAll('\u202f', ' ');
  const ms = (phase: StepSlice['phase'], cause: StepSlice['cause'], value: number): StepSlice => ({
    phase,
    cause,
    durationNs: value * 1e6,
  });
  const made = (...slices: StepSlice[]): ExplainedStep => ({
    ...step,
    slices,
    durationNs: slices.reduce((sum, { durationNs }) => sum + durationNs, 0),
  });
  const usual = made(ms('forward', null, 20), ms('none', 'data', 10), ms('backward', null, 30));

  it('names what makes most of the difference, in the words of the page', () => {
    const slow = made(ms('none', 'data', 41), ms('forward', null, 22), ms('backward', null, 30));
    assert.equal(plain(describeLonger(longerSlices(usual, slow))), '+31 ms waiting for data');
  });

  it('names two, the greater first, and what the usual step does not have at all', () => {
    const slow = made(
      ms('none', 'data', 20),
      ms('checkpoint', null, 25),
      ms('forward', null, 19),
      ms('backward', null, 31),
    );
    const text = plain(describeLonger(longerSlices(usual, slow)));
    assert.equal(text, '+25 ms of checkpoint, +10 ms waiting for data');
  });

  it('says of idle time without a cause, and of time in no phase, that it is that', () => {
    const slow = made(ms('none', 'unexplained', 30), ms('none', null, 40), ...usual.slices);
    const text = plain(describeLonger(longerSlices(usual, slow)));
    assert.equal(text, '+40 ms in no phase, +30 ms idle, unexplained');
  });

  it('says nothing where one step has a device and the other none', () => {
    const slow = { ...made(ms('none', 'data', 90)), device: [] };
    assert.deepEqual(longerSlices(usual, slow), []);
  });
});
