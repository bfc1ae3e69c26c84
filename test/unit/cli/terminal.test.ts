import assert from 'node:assert/strict';
import { cellsOf } from '../../../src/cli/terminal/bar.ts';
import { plainText, shorten } from '../../../src/cli/terminal/plain-text.ts';
import { ProgressBar } from '../../../src/cli/terminal/progress-bar.ts';
import { wrap, wrapIndented } from '../../../src/cli/terminal/wrap.ts';

describe('plainText', () => {
  it('leaves nothing that a terminal obeys', () => {
    assert.equal(plainText('a\u001b[31mb\u0007\u009b2Jc\u007f'), 'a�[31mb��2Jc�');
    assert.equal(plainText('one\r\ntwo\tthree\u2028four'), 'one two three�four');
  });

  it('leaves nothing that turns the direction of text', () => {
    assert.equal(plainText('gpj.\u202etxt\u2066x'), 'gpj.�txt�x');
  });

  it('keeps other languages, and cuts what nobody reads', () => {
    assert.equal(plainText('学習 🔥 é'), '学習 🔥 é');
    assert.equal(plainText('x'.repeat(1_000_000)).length, 1_000);
  });
});

describe('shorten', () => {
  it('keeps both ends', () => {
    assert.equal(shorten('/a/very/long/path/train.py', 15), '/a/very…rain.py');
    assert.equal(shorten('short', 5), 'short');
  });
});

describe('wrap', () => {
  it('breaks at spaces only', () => {
    assert.deepEqual(wrap('one two  three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('one   two three', 9), ['one   two', 'three']);
    assert.deepEqual(wrap('takes 312\u00a0ms', 9), ['takes', '312\u00a0ms']);
  });

  it('cuts a word that is longer than a line', () => {
    assert.deepEqual(wrap('ab cdefgh', 4), ['ab', 'cdef', 'gh']);
    assert.deepEqual(wrap('', 4), []);
  });

  it('indents what follows', () => {
    const lines = wrapIndented('one two three', 9, { first: '- ', indent: '  ' });
    assert.deepEqual(lines, ['- one two', '  three']);
  });
});

describe('cellsOf', () => {
  it('fills the width where the shares sum to 100', () => {
    assert.deepEqual(cellsOf([50, 25, 25], 8), [4, 2, 2]);
    for (const shares of [
      [33.3, 33.3, 33.4],
      [99.7, 0.1, 0.1, 0.1],
      [0, 0, 100],
    ]) {
      const cells = cellsOf(shares, 40);
      assert.equal(
        cells.reduce((a, b) => a + b),
        40,
      );
    }
  });

  it('shows a sliver, and nothing for nothing', () => {
    assert.deepEqual(cellsOf([99.9, 0.1, 0], 10), [9, 1, 0]);
  });

  it('leaves room for what is not named, and never passes the width', () => {
    assert.deepEqual(cellsOf([25, 25], 8), [2, 2]);
    assert.deepEqual(cellsOf([150, 50], 8), [6, 2]);
    assert.deepEqual(cellsOf([], 8), []);
  });
});

describe('ProgressBar', () => {
  const watch = () => {
    const written: string[] = [];
    const clock = { ms: 0 };
    const screen = { columns: 60, write: (text: string) => void written.push(text) };
    return { written, clock, bar: new ProgressBar(screen, () => clock.ms) };
  };

  it('stays away from short work', () => {
    const { written, clock, bar } = watch();
    bar.show(0, 'a');
    clock.ms = 400;
    bar.show(0.9, 'a');
    bar.clear();
    assert.deepEqual(written, []);
  });

  it('shows long work on one line, and cleans up', () => {
    const { written, clock, bar } = watch();
    clock.ms = 600;
    bar.show(0.25, 'rank0.json');
    bar.show(0.26, 'rank0.json');
    bar.clear();
    assert.equal(written.length, 2);
    assert.equal(written[0], `\r${'█'.repeat(6)}${'░'.repeat(18)}  25 %  rank0.json\u001b[K`);
    assert.equal(written[1], '\r\u001b[K');
  });

  it('draws nothing without a screen', () => {
    const bar = new ProgressBar(null, () => 1e6);
    bar.show(0.5, 'a');
    bar.clear();
  });
});
