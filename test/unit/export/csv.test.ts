import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { csvRow } from '../../../src/base/csv.ts';
import { csvOf } from '../../../src/core/export/tables.ts';
import { TABLE_NAMES, type TableName } from '../../../src/core/model/table-names.ts';
import { drawRun } from '../../support/draw-run.ts';

/** Reads CSV the other way round: a state machine over characters, after RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (isQuoted) {
      if (letter !== '"') {
        field += letter;
      } else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else {
        isQuoted = false;
      }
    } else if (letter === '"') {
      isQuoted = true;
    } else if (letter === ',') {
      row.push(field);
      field = '';
    } else if (letter === '\r' && text[i + 1] === '\n') {
      rows.push([...row, field]);
      [row, field] = [[], ''];
      i++;
    } else {
      field += letter;
    }
  }
  assert.equal(field + row.join(''), '', 'the last line ends');
  return rows;
}

const STEP = `
  main      DDDDDDF--l-B--l--O-
  stream 7            K--  K---
`;

describe('tables as CSV', () => {
  const analysis = analyzeRun(drawRun([STEP, STEP], { steps: 12 }));
  const read = (table: TableName) => {
    const [head, ...rows] = parseCsv([...csvOf(table, analysis)].join(''));
    return rows.map((row) => {
      assert.equal(row.length, head.length, `${table}: ${row.join()}`);
      return Object.fromEntries(row.map((field, i) => [head[i], field]));
    });
  };

  it('quotes what must be quoted, and lets no spreadsheet compute', () => {
    const texts = [
      'plain',
      'a,b',
      'say "hi"',
      'two\r\nlines',
      '=HYPERLINK("http://x")',
      '+1',
      '-1',
      '@SUM(A1)',
      '\tx',
      '＝1',
    ];
    const [row] = parseCsv(csvRow([...texts, -3, 1.5, null, NaN]));
    assert.deepEqual(row, [
      ...texts.map((text, i) => (i < 4 ? text : `'${text}`)),
      '-3',
      '1.5',
      '',
      '',
    ]);
  });

  it('have a unit in the name of each column of numbers', () => {
    for (const table of TABLE_NAMES) {
      const [head] = parseCsv([...csvOf(table, analysis)].join(''));
      for (const name of head.filter((each) => /start|duration|p50|p95|mean|saving/.test(each))) {
        assert.match(name, /_(ns|percent)$/, `${table}: ${name}`);
      }
    }
  });

  it('list every step and every gap of every rank', () => {
    const steps = read('steps');
    assert.equal(steps.length, 24);
    const sum = steps.reduce((all, step) => all + Number(step['duration_ns']), 0);
    assert.ok(sum > 0);
    assert.equal(
      sum,
      analysis.ranks.reduce(
        (all, { steps: { start, end } }) => all + end.reduce((a, e, i) => a + e - start[i], 0),
        0,
      ),
    );
    const gaps = read('gaps');
    assert.equal(
      gaps.length,
      analysis.ranks.reduce((all, rank) => all + rank.gaps.length, 0),
    );
    assert.ok(gaps.some(({ cause }) => cause === 'data'));
  });

  it('give the shares of each rank, which sum to 100 %', () => {
    for (const rank of read('ranks')) {
      const parts = ['compute', 'exposed_communication', 'exposed_copy', 'idle'];
      const sum = parts.reduce((all, part) => all + Number(rank[`${part}_percent`]), 0);
      assert.ok(Math.abs(sum - 100) < 1e-6, `${sum}`);
      const causes = Object.entries(rank).filter(([name]) => /^idle_.+_percent$/.test(name));
      const idle = causes.reduce((all, [, value]) => all + Number(value), 0);
      assert.ok(Math.abs(idle - Number(rank['idle_percent'])) < 1e-6);
    }
  });

  it('give the findings and lines of the report in their order', () => {
    const { findings, lines } = analysis.report;
    assert.ok(findings.length > 0);
    assert.deepEqual(
      read('findings').map(({ id, title }) => [id, title]),
      findings.map(({ id, title }) => [id, title]),
    );
    assert.deepEqual(
      read('lines').map((line) => [line['name'], Number(line['per_step_p50_ns'])]),
      lines.map(({ name, perStep }) => [name, perStep.p50Ns]),
    );
  });
});
