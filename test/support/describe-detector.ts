import assert from 'node:assert/strict';
import { summarizeBaseline } from '../../src/core/analyze.ts';
import { deriveRun } from '../../src/core/derived/run-derived.ts';
import type { Detector } from '../../src/core/detectors/detector.ts';
import { DETECTORS, valuesOf } from '../../src/core/detectors/registry.ts';
import { runDetectors } from '../../src/core/detectors/run-detectors.ts';
import type { Finding } from '../../src/core/model/report.ts';
import type { Run } from '../../src/core/model/run.ts';
import { orderFindings } from '../../src/core/report/order-findings.ts';

interface Case {
  readonly name: string;
  readonly run: () => Run;
  /** The run that it is compared with. */
  readonly baseline?: () => Run;
  /** Thresholds other than the defaults. */
  readonly options?: Readonly<Record<string, number>>;
}

interface FindsCase extends Case {
  readonly check: (finding: Finding) => void;
}

/** Demands cases both ways: what a detector must find, and what it must leave alone. */
export function describeDetector(
  detector: Detector,
  cases: { readonly finds: readonly FindsCase[]; readonly staysQuiet: readonly Case[] },
): void {
  describe(detector.id, () => {
    it('is tested both ways', () => {
      assert.ok(cases.finds.length > 0 && cases.staysQuiet.length > 0);
    });
    it('is registered and has settings in range', () => {
      assert.ok(DETECTORS.includes(detector));
      for (const [name, value] of Object.entries(valuesOf(detector, {}))) {
        const { minimum, maximum, description } = detector.options[name];
        assert.ok(value >= minimum && value <= maximum, `${name} is out of its range`);
        assert.match(description, /\.$/, `${name} is described in a sentence`);
      }
    });
    for (const one of cases.finds) {
      it(`finds ${one.name}`, () => {
        const findings = detect(detector, one);
        assert.equal(findings.length, 1, `found ${findings.length}`);
        checkComplete(findings[0]);
        one.check(findings[0]);
      });
    }
    for (const one of cases.staysQuiet) {
      it(`stays quiet about ${one.name}`, () => {
        assert.deepEqual(
          detect(detector, one).map(({ title, savingPercent }) => `${title} ${savingPercent}`),
          [],
        );
      });
    }
  });
}

function detect(detector: Detector, { run, baseline, options }: Case): Finding[] {
  const tables = deriveRun(run(), baseline === undefined ? null : summarizeBaseline(baseline()));
  const { drafts, failures } = runDetectors([detector], tables, { [detector.id]: options ?? {} });
  assert.deepEqual(failures, []);
  return orderFindings(drafts, tables);
}

/** What every finding owes its reader. */
function checkComplete(finding: Finding): void {
  assert.ok(finding.savingHow.length > 20 && finding.why.length > 20);
  assert.ok(finding.evidence.length > 0 && finding.evidence.length <= 24);
  assert.ok(finding.advice.length >= 1 && finding.advice.length <= 4);
  assert.ok(finding.ranks.length > 0);
  assert.ok(finding.threshold.measured >= finding.threshold.value);
  assert.ok(finding.title.length <= 60);
  assert.doesNotMatch(finding.why, /NaN|undefined|Infinity/);
}
