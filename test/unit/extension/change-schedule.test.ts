import assert from 'node:assert/strict';
import { ChangeSchedule } from '../../../src/extension/runs/change-schedule.ts';

const FILE = '/runs/a.rank0.json';

describe('ChangeSchedule', () => {
  /** Has time go by in small steps while a file grows; tells when it is read. */
  function grow(schedule: ChangeSchedule, everyMs: number, untilMs: number): number[] {
    const readMs: number[] = [];
    for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
      if (nowMs % everyMs === 0) {
        schedule.noteGrowth(FILE, nowMs);
      }
      if (schedule.takeDue(nowMs).length > 0) {
        readMs.push(nowMs);
      }
    }
    return readMs;
  }

  it('reads a burst once, when it is over', () => {
    const schedule = new ChangeSchedule();
    for (const nowMs of [0, 100, 200, 600]) {
      schedule.noteGrowth(FILE, nowMs);
      assert.deepEqual(schedule.takeDue(nowMs), []);
    }
    assert.equal(schedule.nextMs, 1_100);
    assert.deepEqual(schedule.takeDue(1_099), []);
    assert.deepEqual(schedule.takeDue(1_100), [FILE]);
    assert.equal(schedule.nextMs, null);
  });

  it('does not wait for ever for a file that is never quiet', () => {
    assert.equal(grow(new ChangeSchedule(), 100, 10_000)[0], 5_000);
  });

  it('reads a file the less often the longer it grows, and every minute at the least', () => {
    const readMs = grow(new ChangeSchedule(), 1_000, 600_000);
    const waits = readMs.slice(1).map((ms, index) => ms - (readMs[index] ?? 0));
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.ok(readMs.length < 20, String(readMs.length));
    assert.ok((waits.at(-1) ?? Infinity) <= 61_000, String(waits.at(-1)));
    assert.ok((waits[0] ?? Infinity) <= 2_000, String(waits[0]));
  });

  it('reads at once again a file that has not grown for long', () => {
    const schedule = new ChangeSchedule();
    grow(schedule, 1_000, 60_000);
    schedule.takeDue(200_000);
    schedule.noteGrowth(FILE, 300_000);
    assert.equal(schedule.nextMs, 300_500);
  });

  it('does not let a file that comes or goes wait for those that grow', () => {
    const schedule = new ChangeSchedule();
    grow(schedule, 1_000, 60_000);
    schedule.noteArrival(FILE, 60_100);
    assert.ok((schedule.nextMs ?? Infinity) <= 60_600);
  });

  it('reads the ranks of a run together, and other files by themselves', () => {
    const schedule = new ChangeSchedule();
    schedule.noteGrowth('/runs/rank0/t.json', 0);
    schedule.noteGrowth('/runs/other.json', 0);
    schedule.noteGrowth('/runs/rank12/t.json', 400);
    assert.deepEqual(schedule.takeDue(500), ['/runs/other.json']);
    assert.deepEqual(schedule.takeDue(900), ['/runs/rank0/t.json', '/runs/rank12/t.json']);
  });

  it('keeps a bounded number of files', () => {
    const schedule = new ChangeSchedule();
    for (let index = 0; index < 5_000; index += 1) {
      schedule.noteArrival(`/data/${index}.json`, 0);
    }
    assert.equal(schedule.takeDue(500).length, 1_000);
    schedule.noteArrival('/data/next.json', 600);
    assert.deepEqual(schedule.takeDue(9_000), ['/data/next.json']);
  });

  it('reads on within a second of each write, and once a second at most', () => {
    const schedule = new ChangeSchedule();
    const writtenMs: number[] = [];
    const readMs: number[] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
      if (nowMs % 350 === 0) {
        schedule.noteAppended(FILE, nowMs);
        writtenMs.push(nowMs);
      }
      if (schedule.takeDue(nowMs).length > 0) {
        readMs.push(nowMs);
        schedule.noteCost(FILE, 20);
      }
    }
    for (const written of writtenMs.slice(0, -3)) {
      const read = readMs.find((ms) => ms >= written) ?? Infinity;
      assert.ok(read - written <= 1_000, `written at ${written}, read at ${read}`);
    }
    const waits = readMs.slice(1).map((ms, i) => ms - (readMs[i] ?? 0));
    assert.ok(Math.min(...waits) >= 1_000, String(Math.min(...waits)));
  });

  it('leaves four fifths of the time to others where reading on takes long', () => {
    const schedule = new ChangeSchedule();
    schedule.noteAppended(FILE, 0);
    assert.deepEqual(schedule.takeDue(100), [FILE]);
    schedule.noteCost(FILE, 2_000);
    schedule.noteAppended(FILE, 2_100);
    assert.equal(schedule.nextMs, 10_100);
    assert.deepEqual(schedule.takeDue(10_099), []);
    assert.deepEqual(schedule.takeDue(10_100), [FILE]);
    schedule.noteGrowth(FILE, 10_200);
    assert.equal(
      new Set([schedule.nextMs, 20_100]).size,
      1,
      'as any file, where it is not read on',
    );
  });
});
