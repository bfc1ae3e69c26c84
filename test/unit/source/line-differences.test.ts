import assert from 'node:assert/strict';
import { type FollowedLine, LineDifferences } from '../../../src/core/source/line-differences.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const LOOP = `import torch

def train(model, loader):
    for x, y in loader:
        loss = model(x, y)
        loss.backward()
        optimizer.step()
        print(loss.item())
`;

describe('LineDifferences', () => {
  it('leaves the lines of an equal text where they are', () => {
    assert.deepEqual(follow(LOOP, LOOP, 5), { line: 5, state: 'same' });
  });

  it('moves a line by what was put in above it', () => {
    assert.deepEqual(follow(LOOP, `# a comment\n\n${LOOP}`, 5), { line: 7, state: 'moved' });
  });

  it('leaves a line above the edit alone', () => {
    assert.deepEqual(follow(LOOP, `${LOOP}\nmain()\n`, 5), { line: 5, state: 'same' });
  });

  it('marks a line whose text is another', () => {
    const now = LOOP.replace('model(x, y)', 'model(x.cuda(), y)');
    assert.deepEqual(follow(LOOP, now, 5), { line: 5, state: 'changed' });
    assert.deepEqual(follow(LOOP, now, 6), { line: 6, state: 'same' });
  });

  it('marks a line that is gone, at the line before', () => {
    const now = LOOP.replace('        print(loss.item())\n', '');
    assert.deepEqual(follow(LOOP, now, 8), { line: 7, state: 'gone' });
    assert.equal(follow('a_line\nb_line', 'b_line', 1).line, 1);
  });

  it('follows a line into a new block, where only its indentation is another', () => {
    const now = LOOP.replace(
      '        loss.backward()\n',
      '        with span("backward"):\n            loss.backward()\n',
    );
    assert.deepEqual(follow(LOOP, now, 6), { line: 7, state: 'moved' });
  });

  it('follows a line that was cut and pasted, if there is only one such', () => {
    const now = LOOP.replace('        print(loss.item())\n', '').concat('print(loss.item())\n');
    assert.deepEqual(follow(LOOP, now, 8), { line: 8, state: 'same' });
    const moved = `print(loss.item())\n${LOOP.replace('        print(loss.item())\n', '')}`;
    assert.deepEqual(follow(LOOP, moved, 8), { line: 1, state: 'moved' });
    const twice = `print(loss.item())\nprint(loss.item())\n${LOOP.replace('        print(loss.item())\n', '')}`;
    assert.equal(follow(LOOP, twice, 8).state, 'gone');
  });

  it('does not see the line ends of another system', () => {
    assert.deepEqual(follow(LOOP, `x\r\n${LOOP.replaceAll('\n', '\r\n')}`, 5), {
      line: 6,
      state: 'moved',
    });
  });

  it('knows nothing of a line past the end of what ran', () => {
    assert.deepEqual(follow('a\nb', 'a\nb\nc', 3), { line: 3, state: 'unknown' });
    assert.deepEqual(follow('a\nb', 'a', 99), { line: 99, state: 'unknown' });
    assert.deepEqual(follow('a', 'a', 0), { line: 0, state: 'unknown' });
  });

  it('gives up on two files that have nothing in common', () => {
    const file = (name: string): string =>
      Array.from({ length: 5_000 }, (_, i) => `${name} ${i}`).join('\n');
    assert.equal(LineDifferences.between(file('a'), file('b')), null);
  });

  it('finds the differences of a long file within the time of a keystroke', () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `    value_${i % 700} = step(${i % 90})`);
    const now = lines.toSpliced(1_500, 2, '    one = 1').toSpliced(20, 0, '', '# two');
    const [before, after] = [lines.join('\n'), now.join('\n')];
    const begin = performance.now();
    for (let round = 0; round < 20; round++) {
      LineDifferences.between(before, after);
    }
    assert.ok((performance.now() - begin) / 20 < 25);
  });
});

describe('LineDifferences of random edits', () => {
  for (let seed = 1; seed <= 60; seed++) {
    it(`carries no line to another text (seed ${seed})`, () => {
      checkRandomEdits(seed);
    });
  }
});

/** Every line of the first version has a tag; what is said of it is held against where the tag is. */
function checkRandomEdits(seed: number): void {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const old = Array.from({ length: 20 + below(200) }, (_, i) => `statement_${i}()`);
  const now = [...old];
  for (let edit = 0; edit < 1 + below(12); edit++) {
    const at = below(now.length);
    const size = 1 + below(4);
    const kind = below(4);
    if (kind === 0) {
      now.splice(at, 0, ...Array.from({ length: size }, (_, k) => `new_${edit}_${k}()`));
    } else if (kind === 1 && now.length > 10) {
      now.splice(at, size);
    } else if (kind === 2) {
      now[at] = `changed_${edit}(${now[at]})`;
    } else {
      now[at] = `    ${now[at]}`;
    }
  }
  const differences = LineDifferences.between(old.join('\n'), now.join('\r\n'));
  assert.ok(differences !== null);
  const texts = now.map((text) => text.trim());
  old.forEach((text, i) => {
    const { line, state } = differences.follow(i + 1);
    const actual = texts.indexOf(text);
    assert.ok(line >= 1 && line <= now.length);
    if (actual < 0) {
      assert.ok(state === 'gone' || state === 'changed', `${text}: ${state}`);
    } else {
      assert.equal(line, actual + 1, text);
      assert.equal(state, actual === i ? 'same' : 'moved', text);
    }
  });
}

function follow(before: string, after: string, line: number): FollowedLine {
  const differences = LineDifferences.between(before, after);
  assert.ok(differences !== null);
  return differences.follow(line);
}
