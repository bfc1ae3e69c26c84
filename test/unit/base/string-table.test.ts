import assert from 'node:assert/strict';
import { StringTable } from '../../../src/base/string-table.ts';

describe('StringTable', () => {
  it('gives equal bytes one row, and the empty string row 0', () => {
    const table = new StringTable();
    const bytes = new TextEncoder().encode('aten::add aten::mul aten::add');
    const rows = [
      table.intern(bytes, 0, 9),
      table.intern(bytes, 10, 19),
      table.intern(bytes, 20, 29),
    ];
    assert.deepEqual(rows, [1, 2, 1]);
    assert.equal(table.intern(bytes, 5, 5), 0);
    assert.deepEqual(table.take(), ['', 'aten::add', 'aten::mul']);
  });

  it('holds 200,000 strings and finds each again', () => {
    const table = new StringTable();
    const rows = Array.from({ length: 200_000 }, (_, i) => table.internText(`kernel ${i} ü`));
    assert.equal(new Set(rows).size, 200_000);
    assert.deepEqual(
      rows.filter((row, i) => table.internText(`kernel ${i} ü`) !== row),
      [],
    );
    assert.equal(table.text(rows[123_456]), 'kernel 123456 ü');
  }).timeout(60_000);

  it('keeps what differs in one byte or in length apart', () => {
    const table = new StringTable();
    const rows = ['abcd', 'abce', 'abcda', 'abc', 'bacd', 'abcd\0'].map((text) =>
      table.internText(text),
    );
    assert.deepEqual(rows, [1, 2, 3, 4, 5, 6]);
  });

  it('keeps a byte order mark that begins a name', () => {
    const table = new StringTable();
    table.internText('\ufeffname');
    assert.deepEqual(table.take(), ['', '\ufeffname']);
  });
});
