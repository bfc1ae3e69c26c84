import assert from 'node:assert/strict';
import type { Report, Severity } from '../../../src/core/model/report.ts';
import { verdictTone } from '../../../webview/views/verdict.ts';

function toneOf(kind: Report['verdict']['kind'], ...severities: Severity[]): string {
  return verdictTone({
    verdict: { kind },
    findings: severities.map((severity) => ({ severity })),
  } as unknown as Report);
}

describe('the tone of the verdict', () => {
  it('is good where the run computes or is balanced, and nothing but notes was found', () => {
    assert.equal(toneOf('compute-bound'), 'ok');
    assert.equal(toneOf('balanced', 'info'), 'ok');
  });

  it('warns where a finding does, or the run waits for another part', () => {
    assert.equal(toneOf('compute-bound', 'warning'), 'warning');
    assert.equal(toneOf('data-bound'), 'warning');
    assert.equal(toneOf('balanced', 'info', 'error'), 'error');
  });

  it('is quiet where there is nothing to judge', () => {
    assert.equal(toneOf('inconclusive'), 'quiet');
  });
});
