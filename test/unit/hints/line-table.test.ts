import assert from 'node:assert/strict';
import { type Edits, LineTable } from '../../../src/core/hints/line-table.ts';
import type { LineEdit } from '../../../src/core/source/follow-line.ts';
import { seededRandom } from '../../support/seeded-random.ts';

class Typed implements Edits {
  readonly all: LineEdit[] = [];

  add(line: number, removedLines: number, addedLines: number): void {
    this.all.push({ timeMs: this.all.length, line, removedLines, addedLines });
  }

  countOf(path: string): number {
    return path === 'a.py' ? this.all.length : 0;
  }

  editsAfter(path: string, count: number): readonly LineEdit[] {
    return path === 'a.py' ? this.all.slice(count) : [];
  }
}

function place(path: string, line: number, item: string, mark = 0) {
  return { path, line, mark, item };
}

describe('the table of lines', () => {
  it('gives the lines of one file, in order, with all that stands at each', () => {
    const table = new LineTable(
      [
        place('a.py', 9, 'x'),
        place('b.py', 1, 'other'),
        place('a.py', 3, 'y'),
        place('a.py', 9, 'z'),
      ],
      new Typed(),
    );
    assert.deepEqual(table.read('a.py'), [
      { line: 3, items: ['y'] },
      { line: 9, items: ['x', 'z'] },
    ]);
    assert.deepEqual(table.read('c.py'), []);
    assert.deepEqual([...table.paths], ['a.py', 'b.py']);
  });

  it('follows what was typed since each place was found, also before it was made', () => {
    const typed = new Typed();
    typed.add(0, 0, 2);
    const table = new LineTable(
      [place('a.py', 5, 'before', 0), place('a.py', 7, 'after', 1)],
      typed,
    );
    assert.deepEqual(table.read('a.py'), [{ line: 7, items: ['before', 'after'] }]);
    typed.add(6, 0, 1);
    assert.deepEqual(table.read('a.py'), [{ line: 8, items: ['before', 'after'] }]);
  });

  it('follows a thousand edits one by one as a text with those lines would', () => {
    const random = seededRandom(3);
    const typed = new Typed();
    const text = Array.from({ length: 3000 }, (_, i) => `line ${i + 1}`);
    const marked = Array.from({ length: 200 }, (_, i) => 1 + 15 * i);
    const table = new LineTable(
      marked.map((line) => place('a.py', line, `line ${line}`)),
      typed,
    );
    for (let edit = 0; edit < 1000; edit++) {
      const at = Math.floor(random() * text.length);
      if (random() < 0.5) {
        text.splice(at, 0, 'new');
        typed.add(at, 0, 1);
      } else if (text[at] === 'new' || !marked.includes(Number(text[at].slice(5)))) {
        text.splice(at, 1);
        typed.add(at, 1, 0);
      }
      const found = table.read('a.py');
      if (edit % 100 === 99) {
        assert.ok(found.length === 200);
        assert.ok(found.every(({ line, items }) => text[line - 1] === items[0]));
      }
    }
  });
});
