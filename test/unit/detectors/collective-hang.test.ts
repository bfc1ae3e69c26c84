import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { collectiveHang } from '../../../src/core/detectors/collective-hang.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { type DrawnDump, type DrawnOperation, readDumps } from '../../support/flight-dump.ts';

const ALL = { 0: [0, 1, 2, 3] };
const FIRST_PAIR = { 0: [0, 1, 2, 3], 1: [0, 1] };
const SECOND_PAIR = { 0: [0, 1, 2, 3], 2: [2, 3] };

/** A rank that asked for all-reduces up to a number, of which those up to another have ended. */
function dump(enqueued: number, completed: number, more: Partial<DrawnDump> = {}): DrawnDump {
  const operations = Array.from({ length: enqueued }, (_, i): DrawnOperation => ({
    group: '0',
    number: i + 1,
    name: 'all_reduce',
    state: i < completed ? 'completed' : 'scheduled',
  }));
  return {
    groups: ALL,
    status: { 0: [enqueued, completed] },
    ...more,
    operations: [...operations, ...(more.operations ?? [])],
  };
}

const ABSENT = await readDumps([dump(6, 5), dump(6, 5), dump(5, 5), dump(6, 5)]);
const STOPPED = await readDumps([dump(8, 7), dump(8, 7), dump(7, 4), dump(8, 7)]);
const HEALTHY = await readDumps([dump(5, 5), dump(5, 5), dump(5, 5), dump(5, 5)]);
const SENT = await readDumps([
  { groups: ALL, operations: [{ group: '0', number: 3, name: 'send 0->1' }] },
  { groups: ALL, operations: [{ group: '0', number: 9, name: 'recv 1<-0' }] },
  { groups: ALL, operations: [] },
  { groups: ALL, operations: [] },
]);

describeDetector(collectiveHang, {
  finds: [
    {
      name: 'the rank that never asked for a collective, and who waits',
      run: () => ABSENT,
      check: (finding) => {
        assert.deepEqual(finding.ranks, [2]);
        assert.equal(finding.title, 'Rank 2 never joined what the others wait in');
        assert.match(
          finding.why,
          /never asked for number 6 of GROUP_0 \(group 0\), the all_reduce of \[4, 8\] Float, in which ranks 0, 1 and 3 wait\./,
        );
        assert.match(finding.why, /In all, 3 ranks wait/);
        assert.deepEqual(
          finding.evidence.map(({ rank, name }) => [rank, name]),
          [
            [0, 'all_reduce'],
            [1, 'all_reduce'],
            [3, 'all_reduce'],
          ],
        );
      },
    },
    {
      name: 'the rank whose device stopped in what all others finished',
      run: () => STOPPED,
      check: (finding) => {
        assert.deepEqual(finding.ranks, [2]);
        assert.equal(finding.title, 'Rank 2 stopped within a collective');
        assert.match(
          finding.why,
          /number 5 of GROUP_0 \(group 0\), which ranks 0, 1 and 3 finished and rank 2 did not/,
        );
        assert.match(
          finding.why,
          /It never asked for number 8 of GROUP_0 \(group 0\), in which ranks 0, 1 and 3 wait\./,
        );
      },
    },
  ],
  staysQuiet: [
    { name: 'dumps in which all collectives have ended', run: () => HEALTHY },
    { name: 'a message whose both ends are there', run: () => SENT },
    {
      name: 'fewer ranks that wait than the threshold',
      run: () => ABSENT,
      options: { waitingRanks: 4 },
    },
    { name: 'traces of a profiler', run: () => drawRun(['main      D-----F---'], { steps: 5 }) },
  ],
});

describe('collective-hang, over process groups', () => {
  async function findingsOf(dumps: readonly (DrawnDump | null)[]): Promise<Report['findings']> {
    return reportOf(await readDumps(dumps)).findings;
  }

  const titles = (findings: Report['findings']): string[] => findings.map(({ title }) => title);

  it('does not blame a rank that waits itself for the one that is missing', async () => {
    const inPair = (group: string): DrawnOperation => ({
      group,
      number: 1,
      name: '_all_gather_base',
    });
    const findings = await findingsOf([
      dump(6, 5, { groups: FIRST_PAIR }),
      dump(6, 5, { groups: FIRST_PAIR }),
      // Rank 2 waits for rank 3 in their pair, and is missing in the group of all.
      dump(5, 5, { groups: SECOND_PAIR, operations: [inPair('2')] }),
      dump(5, 5, { groups: SECOND_PAIR, status: { 0: [5, 5], 2: [0, 0] } }),
    ]);
    assert.deepEqual(titles(findings), ['Rank 3 never joined what the others wait in']);
    assert.match(findings[0].why, /It is missing in 1 more of its process groups\./);
  });

  it('tells of ranks that wait for each other', async () => {
    const wait = (group: string): DrawnOperation[] => [{ group, number: 1, name: 'all_reduce' }];
    const none = { 0: [0, 0], 1: [0, 0] } as const;
    const groups = { 0: [0, 1], 1: [0, 1] };
    const findings = await findingsOf([
      { groups, operations: wait('0'), status: { ...none, 0: [1, 0] } },
      { groups, operations: wait('1'), status: { ...none, 1: [1, 0] } },
    ]);
    assert.deepEqual(titles(findings), ['Ranks 0 and 1 wait for each other']);
    assert.deepEqual(findings[0].ranks, [0, 1]);
  });

  it('tells which message has no other end', async () => {
    const findings = await findingsOf([
      { groups: ALL, operations: [{ group: '0', number: 1, name: 'recv 0<-3' }] },
      { groups: ALL, operations: [] },
      { groups: ALL, operations: [] },
      { groups: ALL, operations: [] },
    ]);
    assert.deepEqual(titles(findings), ['Rank 3 never joined what the others wait in']);
    assert.match(findings[0].why, /the recv 0<-3 of \[4, 8\] Float of GROUP_0/);
  });

  it('tells of a rank without a dump only where all others of the group are there and wait', async () => {
    assert.deepEqual(titles(await findingsOf([dump(6, 5), dump(6, 5), null, dump(6, 5)])), [
      'Rank 2 left no dump, and others wait',
    ]);
    const behind = await findingsOf([dump(6, 5), dump(6, 5), null, dump(5, 5)]);
    assert.deepEqual(titles(behind), ['Rank 3 never joined what the others wait in']);
  });

  const MISMATCHES: readonly (readonly [
    what: string,
    other: Partial<DrawnOperation>,
    title: string,
    why: RegExp,
  ])[] = [
    [
      'another collective',
      { name: 'broadcast' },
      'Ranks asked for different collectives at one point',
      /Ranks 0, 1 and 3: the all_reduce .*; rank 2: the broadcast/,
    ],
    [
      'another size',
      { sizes: [[4, 9]] },
      'Ranks asked for different sizes of one collective',
      /rank 2: the all_reduce of \[4, 9\]/,
    ],
    [
      'another type',
      { types: ['Half'] },
      'Ranks asked for different types in one collective',
      /\[4, 8\] Half/,
    ],
  ];
  for (const [what, other, title, why] of MISMATCHES) {
    it(`tells of ${what} under one number`, async () => {
      const own: DrawnOperation = { group: '0', number: 1, name: 'all_reduce' };
      const findings = await findingsOf(
        [own, own, { ...own, ...other }, own].map((operation) => ({
          groups: ALL,
          operations: [operation],
        })),
      );
      assert.deepEqual(titles(findings), [title]);
      assert.deepEqual(findings[0].ranks, [2]);
      assert.match(findings[0].why, why);
    });
  }

  it('leaves sizes alone that may differ', async () => {
    const own: DrawnOperation = { group: '0', number: 1, name: 'all_to_all' };
    const findings = await findingsOf(
      [1, 2, 3, 4].map((rows) => ({ groups: ALL, operations: [{ ...own, sizes: [[rows, 8]] }] })),
    );
    assert.deepEqual(findings, []);
  });

  it('says that the job stands still, or that it does not', () => {
    assert.equal(
      reportOf(ABSENT).verdict.text,
      'The job stands still: rank 2 never joined what the others wait in, and ranks 0, 1 and 3 wait in collectives that have not ended.',
    );
    assert.deepEqual(reportOf(HEALTHY).verdict, {
      kind: 'inconclusive',
      text: 'No rank waits for another: all collectives in these dumps have ended.',
      sharePercent: 0,
    });
  });

  it('takes time in proportion to the ranks', async () => {
    const groups = { 0: Array.from({ length: 400 }, (_, rank) => rank) };
    const dumps = groups[0].map((rank) => dump(rank === 77 ? 30 : 31, 30, { groups }));
    const run = await readDumps(dumps);
    const started = performance.now();
    assert.deepEqual(
      reportOf(run).findings.map(({ ranks }) => ranks),
      [[77]],
    );
    assert.ok(performance.now() - started < 20_000);
  }).timeout(60_000);
});

function reportOf(run: Run): Report {
  return analyzeRun(run).report;
}
