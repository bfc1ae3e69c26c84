import assert from 'node:assert/strict';
import { judgePulse, type PulseFacts } from '../../../src/core/live/judge-pulse.ts';

const FACTS: PulseFacts = {
  nowMs: 100_000,
  lastWriteMs: 99_000,
  longestPauseMs: 1_000,
  longestStepMs: 500,
  hasEnded: false,
  isProcessThere: null,
};

function judge(facts: Partial<PulseFacts>) {
  return judgePulse({ ...FACTS, ...facts });
}

describe('the pulse of a run', () => {
  it('is live while it writes, and for half a minute after', () => {
    assert.deepEqual(judge({}), { kind: 'live' });
    assert.deepEqual(judge({ lastWriteMs: 70_000 }), { kind: 'live' });
    assert.deepEqual(judge({ lastWriteMs: 69_999 }), { kind: 'silent', silentMs: 30_001 });
  });

  it('is patient with a run of long steps, or of long pauses', () => {
    assert.equal(judge({ lastWriteMs: 1_000, longestStepMs: 20_000 }).kind, 'live');
    assert.equal(judge({ lastWriteMs: 1_000, longestPauseMs: 20_000 }).kind, 'live');
    assert.equal(judge({ lastWriteMs: 1_000, longestPauseMs: 19_000 }).kind, 'silent');
  });

  it('has stopped once its process is gone and has not closed its files', () => {
    assert.deepEqual(judge({ isProcessThere: false, lastWriteMs: 95_000 }), {
      kind: 'gone',
      silentMs: 5_000,
    });
    assert.equal(judge({ isProcessThere: false }).kind, 'live', 'a last write may come yet');
    assert.equal(judge({ isProcessThere: true, lastWriteMs: 0 }).kind, 'silent');
  });

  it('has ended where the recorder says so, whatever else', () => {
    assert.equal(judge({ hasEnded: true, isProcessThere: false, lastWriteMs: 0 }).kind, 'ended');
  });

  it('is live where the clock of another machine is ahead', () => {
    assert.equal(judge({ lastWriteMs: 500_000 }).kind, 'live');
  });
});
