import assert from 'node:assert/strict';
import { formatRanks } from '../../../src/cli/report/format-ranks.ts';
import { printReport } from '../../../src/cli/report/print-report.ts';
import { ansiStyle, noStyle } from '../../../src/cli/terminal/style.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { drawBaseline, drawBreakdown, drawFinding, drawRank, drawReport } from './draw-report.ts';

/** With plain spaces, for reading. */
const print = (report: Report, width = 100) =>
  printReport(report, { width, style: noStyle }).replaceAll('\u00a0', ' ');

const longestLine = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('printReport', () => {
  it('tells health before the verdict, and both before the findings', () => {
    const text = print(drawReport({ findings: [drawFinding()] }));
    const places = ['resnet', 'Trace health: ok', 'Verdict: balanced', 'Step time', 'Findings'];
    const order = places.map((place) => text.indexOf(place));
    assert.ok(order.every((place, i) => place > (order[i - 1] ?? -1)));
  });

  it('describes the run in one line', () => {
    assert.match(
      print(drawReport()),
      /1 file · kineto · rank 0 of 2 · 12 steps \(profiler\): 10 analyzed, 2 warm-up · NVIDIA H100/,
    );
  });

  it('gives the distribution of step times', () => {
    assert.match(
      print(drawReport()),
      /p50 312 ms {3}p95 480 ms {3}p99 500 ms {3}mean 330 ms of 10 steps/,
    );
    assert.doesNotMatch(print(drawReport({ stepTime: null })), /Step time/);
  });

  it('says how it stands to a baseline, after the step time', () => {
    const text = print(drawReport({ baseline: drawBaseline() }));
    assert.match(
      text,
      /mean 330 ms.*\n\nAgainst the baseline last-good: slower\n {2}12 % slower than last-good\./,
    );
    const few = print(drawReport({ baseline: drawBaseline({ standing: 'too-few-steps' }) }));
    assert.match(few, /last-good: too few steps/);
    assert.doesNotMatch(print(drawReport({ baseline: null })), /baseline/);
  });

  it('says what stragglers of a pipeline cost, and which', () => {
    const text = print(
      drawReport({
        whatIf: {
          slowdown: 1.1787,
          byRank: { 0: 0.998, 6: 1.1731, 7: 1.1779 },
          byStage: { 0: 0.998, 3: 1.2323 },
          byDataRank: { 0: 1.1731, 1: 1.1779 },
          byKind: { 'forward-compute': 1.0875, gc: 1 },
          mw: 0.0314,
          ms: 1.2194,
          recordedNs: 2.21e9,
          replayedNs: 2.17e9,
          idealNs: 1.84e9,
          steps: 32,
        },
      }),
    );
    assert.match(text, /would take 1\.84 s instead of 2\.17 s: stragglers make it 1\.18× as long/);
    assert.match(
      text,
      /Alone: stage 3 1\.23×; rank 7 1\.18×, rank 6 1\.17×; forward-compute 1\.09×\./,
    );
    assert.match(text, /122 % \(M_S\), the worst 3 % of ranks 3\.1 % \(M_W\)/);
    assert.doesNotMatch(print(drawReport()), /What if/);
  });

  it('draws each rank as a bar of its width', () => {
    const text = print(drawReport(), 70);
    const bar = /rank 0 {2}(\S+)$/m.exec(text)?.[1] ?? '';
    const cells = (cell: string) => bar.split(cell).length - 1;
    assert.equal(bar.length, 70 - 10);
    assert.deepEqual(['█', '▓', '▒', '░'].map(cells), [36, 3, 0, 21]);
    assert.match(text, /█ compute 60 % {3}▓ exposed communication 5.0 % {3}░ idle 35 %/);
    assert.match(text, /idle for: data 30 %, host 5.0 %/);
  });

  it('shows the phases of a run without a device', () => {
    const perStep = { p50Ns: 1, p95Ns: 1, p99Ns: 1 };
    const phases = [
      { phase: 'forward', totalNs: 1, perStep, sharePercent: 20 },
      { phase: 'data', totalNs: 1, perStep, sharePercent: 70 },
    ] as const;
    const text = print(
      drawReport({ ranks: [drawRank(0, { breakdown: null, device: null, phases })] }),
    );
    assert.match(text, /Where the time of a step goes/);
    assert.match(text, /█ data 70 % {3}▓ forward 20 %/);
    assert.match(text, /no device events/);
  });

  it('tells a device without a name from none', () => {
    const text = print(drawReport({ ranks: [drawRank(0, { device: null })] }));
    assert.match(text, /device not named/);
    assert.match(text, /Where the device time of a step goes/);
  });

  it('says of a finding what, where, how much, why and what to do', () => {
    const text = print(drawReport({ findings: [drawFinding()] }));
    assert.match(text, /1 {2}The device waits 30 % of the step for data/);
    assert.match(text, /warning · data-stall · high confidence$/m);
    assert.match(text, /at train\.py:41 \(recorded\)/);
    assert.match(text, /could save 30 %, 93.6 ms a step: the median wait for the loader\./);
    assert.match(text, /The loader takes longer/);
    assert.match(text, /→ Use more workers\.\n +https:\/\/pytorch\.org/);
  });

  it('names the annotation where there is no line, and the ranks where they are not all', () => {
    const finding = drawFinding({ location: null, annotations: ['augment'], ranks: [1] });
    const run = { ...drawReport().run, ranks: [0, 1] };
    const text = print(drawReport({ run, findings: [finding] }));
    assert.match(text, /in augment \(name only\)/);
    assert.match(text, /high confidence · rank 1$/m);
  });

  it('says so when nothing was found, and when a detector failed', () => {
    const failures = [{ detector: 'gpu-idle', message: 'index out of range' }];
    const text = print(drawReport({ failures }));
    assert.match(text, /No findings/);
    assert.match(text, /detector gpu-idle failed and says nothing here: index out of range/);
  });

  it('tells what is wrong with the trace', () => {
    const health = {
      ...drawReport().health,
      level: 'poor',
      notes: [{ id: 'cut', text: 'The file ends in the middle.', count: 1 }],
      events: { read: 1_000, kept: 990, repaired: 3, dropped: 10, clipped: 0 },
      missingRanks: [1, 2, 3, 7],
      clock: { method: 'base time of the files', uncertaintyNs: 12_000 },
    } as const;
    const text = print(drawReport({ health }));
    assert.match(text, /Trace health: poor/);
    assert.match(text, /990 of 1,000 events kept, 3 repaired, 10 dropped$/m);
    assert.match(text, /• The file ends in the middle\./);
    assert.match(text, /Missing ranks: 1–3, 7/);
    assert.match(text, /Clocks: base time of the files, uncertain by 12 µs/);
  });

  it('shows the first problem of each sort, and how many sorts there are', () => {
    const problem = (reason: string, byteOffset: number, kind = 'dropped') => ({
      file: '/runs/rank0.json',
      byteOffset,
      kind,
      reason,
      excerpt: '{',
    });
    const health = {
      ...drawReport().health,
      problems: [
        problem('The file is empty.', 0, 'unreadable'),
        problem('no time', 1_024),
        problem('no time', 2_048),
        problem('no name', 3_000),
        problem('no sense', 4_000),
        problem('no end', 5_000, 'cut'),
      ],
    };
    const text = print(drawReport({ health }));
    assert.match(
      text,
      /^ {4}rank0\.json, byte 1,024: no time\n {4}rank0\.json, byte 3,000: no name$/m,
    );
    assert.match(text, /and 1 more sort of trouble/);
    assert.doesNotMatch(text, /2,048|is empty|no end/);
  });

  it('keeps to the width, whatever the names', () => {
    const long = 'name'.repeat(300);
    const finding = drawFinding({
      title: `${long} is slow`,
      location: { file: `/${long}/train.py`, line: 1, how: 'stack' },
      why: `${long} and ${long}`,
    });
    const run = { ...drawReport().run, name: long };
    const report = drawReport({ run, findings: [finding] });
    for (const width of [20, 60, 80, 300]) {
      const allowed = Math.min(100, Math.max(60, width));
      assert.ok(longestLine(print(report, width)) <= allowed, `wider than ${allowed}`);
    }
    assert.match(print(report), /train\.py:1 \(stack\)/);
  });

  it('prints no control character of a trace', () => {
    const evil = 'x\u001b]0;owned\u0007\r\n\u009b1m';
    const report = drawReport({
      run: { ...drawReport().run, name: evil, formats: [evil] },
      verdict: { kind: 'mixed', text: evil, sharePercent: 0 },
      findings: [
        drawFinding({
          title: evil,
          why: evil,
          savingHow: evil,
          location: { file: evil, line: 1, how: 'stack' },
          advice: [{ text: evil, link: evil }],
        }),
        drawFinding({ location: null, annotations: [evil] }),
      ],
      ranks: [drawRank(0, { device: { name: evil, count: 1 } })],
      failures: [{ detector: evil, message: evil }],
    });
    // eslint-disable-next-line no-control-regex -- looks for control characters
    assert.doesNotMatch(print(report), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('uses color only when asked, and the same words', () => {
    const report = drawReport({ findings: [drawFinding()] });
    const colored = printReport(report, { width: 100, style: ansiStyle });
    // eslint-disable-next-line no-control-regex -- takes colors away
    const bare = colored.replace(/\u001b\[\d+m/g, '');
    assert.notEqual(colored, bare);
    assert.equal(bare, printReport(report, { width: 100, style: noStyle }));
  });

  it('shows the ranks that matter of many', () => {
    const ranks = Array.from({ length: 64 }, (_, rank) => drawRank(rank));
    const run = { ...drawReport().run, ranks: ranks.map(({ rank }) => rank) };
    const text = print(drawReport({ run, ranks, findings: [drawFinding({ ranks: [50] })] }));
    assert.match(text, /^ {2}rank 50 /m);
    assert.match(text, /and 48 more ranks/);
    assert.equal(text.match(/^ {2}rank +\d+ {2}/gm)?.length, 16);
  });

  it('draws a device that never works', () => {
    const idle = drawBreakdown({
      computePercent: 0,
      exposedCommunicationPercent: 0,
      idlePercent: 100,
    });
    const text = print(drawReport({ ranks: [drawRank(0, { breakdown: idle })] }));
    assert.match(text, /rank 0 {2}░{90}$/m);
  });
});

describe('formatRanks', () => {
  it('joins neighbours', () => {
    assert.equal(formatRanks([0, 1, 2, 3, 6, 8, 9]), '0–3, 6, 8, 9');
    assert.equal(formatRanks([5]), '5');
    assert.equal(formatRanks([]), '');
  });
});
