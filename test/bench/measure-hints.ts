import { performance } from 'node:perf_hooks';
import { judgeLine } from '../../src/core/hints/line-facts.ts';
import { LineTable } from '../../src/core/hints/line-table.ts';
import type { LineEdit } from '../../src/core/source/follow-line.ts';
import { analyzeRun } from '../../src/core/analyze.ts';
import { spansOfLines } from '../../src/core/timeline/span-lines.ts';
import { buildTrace, type SpanSpec } from '../support/draw-run.ts';

const LINES = 3_000;
const MARKED = 200;
const KEYS = 5_000;
const MAX_OPEN_MS = 200;
const MAX_KEY_MS = 5;
const SPANS = [10_000, 100_000, 1_000_000];

/**
 * Hints of a long file: what is computed when it is opened, and at each key that is typed; neither goes through
 * spans, which is shown by runs of several sizes.
 */
export function measureHints(): { readonly lines: string[]; readonly isGood: boolean } {
  const results = SPANS.map(measure);
  const title = ['opening', 'a key (p50)', 'a key (p99)', 'spans of a line'];
  return {
    lines: [
      `Hints of a file of ${LINES} lines with ${MARKED} costs, in a run of so many spans; ${KEYS} keys.`,
      '',
      ''.padEnd(14) + title.map((text) => text.padStart(17)).join(''),
      ...results.map(({ spans, times }) =>
        [String(spans).padEnd(14), ...times.map((ms) => `${ms.toFixed(2)} ms`.padStart(17))].join(
          '',
        ),
      ),
    ],
    isGood: results.every(({ times: [open, , p99] }) => open < MAX_OPEN_MS && p99 < MAX_KEY_MS),
  };
}

function measure(spans: number): { readonly spans: number; readonly times: number[] } {
  const trace = buildTrace(specs(spans));
  const { report, ranks } = analyzeRun({ name: 'x', ranks: [{ rank: 0, file: 'x', trace }] });
  const edits: LineEdit[] = [];
  const log = {
    countOf: () => edits.length,
    editsAfter: (_: string, at: number) => edits.slice(at),
  };
  const hint = (table: LineTable<(typeof report.lines)[number]>, from: number): number =>
    table
      .read('train.py')
      .filter(({ line }) => line >= from && line < from + 60)
      .reduce((sum, { items }) => sum + judgeLine(items[0], report.stepTime).timeNs, 0);
  const beganMs = performance.now();
  const table = new LineTable(
    report.lines.map((item) => ({
      ...{ path: 'train.py', line: item.location?.line ?? 0, mark: 0, item },
    })),
    log,
  );
  hint(table, 1);
  const openMs = performance.now() - beganMs;
  const keys = Array.from({ length: KEYS }, (_, key) => {
    edits.push({ timeMs: key, line: key % LINES, removedLines: 0, addedLines: 1 });
    const atMs = performance.now();
    hint(table, key % LINES);
    return performance.now() - atMs;
  }).sort((a, b) => a - b);
  const searchedMs = performance.now();
  const isOfLine = spansOfLines({ trace, tables: ranks[0] }, ['train.py:16']);
  for (let span = 0; span < trace.spans.length; span++) {
    isOfLine?.(span);
  }
  const searchMs = performance.now() - searchedMs;
  return { spans, times: [openMs, keys[KEYS / 2], keys[Math.floor(0.99 * KEYS)], searchMs] };
}

/** Steps of as many spans as there are marked lines, each at its line. */
function specs(count: number): SpanSpec[] {
  return Array.from({ length: count }, (_, i): SpanSpec => {
    const line = 1 + (i % MARKED) * (LINES / MARKED);
    const [step, file] = [Math.floor(i / MARKED), 'train.py'];
    return {
      lane: 'main',
      name: `at ${line}`,
      category: 'recorded',
      start: i * 1000,
      duration: 900,
      file,
      line,
      step,
    };
  });
}
