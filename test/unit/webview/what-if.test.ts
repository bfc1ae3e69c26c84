import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/model/report.ts';
import { keepUnits } from '../../../webview/base/format.ts';
import { thresholdText } from '../../../webview/findings/threshold-text.ts';
import { costOf, sharedText } from '../../../webview/findings/what-if.ts';

const plain = (text: string) => text.replaceAll('\u202f', '_');

function findingOf(savingPercent: number, speedup: number | null): Finding {
  const whatIf = speedup === null ? {} : { whatIf: { stepNs: 100 / speedup, speedup, text: '' } };
  return { savingPercent, ...whatIf } as unknown as Finding;
}

describe('what a step would take without a finding', () => {
  it('is told apart from the share of the finding where others save the same time', () => {
    assert.equal(
      plain(sharedText(findingOf(7.5, 1.25))),
      ' 13_% of the step is saved by the other findings, too, and counted there.',
    );
    assert.equal(sharedText(findingOf(20, 1.25)), '');
    assert.equal(sharedText(findingOf(19.5, 1.25)), '');
    assert.equal(sharedText(findingOf(3, null)), '');
  });

  it('is the cost of a finding, where that is more than its own share', () => {
    assert.equal(costOf(findingOf(7.5, 1.25)), 20);
    assert.equal(costOf(findingOf(30, 1.25)), 30);
    assert.equal(costOf(findingOf(30, null)), 30);
  });
});

describe('the threshold of a finding', () => {
  const told = (name: string, measured: number, value: number) =>
    plain(thresholdText({ name, measured, value }));

  it('has the unit that the name of the setting ends with', () => {
    assert.equal(
      told('errorPercent', 59.3, 20),
      '59_% measured, reported from 20_% (setting errorPercent)',
    );
    assert.equal(
      told('p95Ratio', 1.8277, 1.5),
      '1.83× measured, reported from 1.50× (setting p95Ratio)',
    );
    assert.equal(told('ratio', 2, 1.5), '2.00× measured, reported from 1.50× (setting ratio)');
    assert.equal(
      told('stallSteps', 4.5, 2),
      '4.5 median steps measured, reported from 2 median steps (setting stallSteps)',
    );
  });
});

describe('a sentence with numbers', () => {
  it('keeps units beside them at the end of a line, and nothing else', () => {
    assert.equal(
      plain(keepUnits('In 3 steps of 12.5 ms, 19 % of them, 4 s and 7 samples.')),
      'In 3 steps of 12.5_ms, 19_% of them, 4_s and 7 samples.',
    );
  });
});
