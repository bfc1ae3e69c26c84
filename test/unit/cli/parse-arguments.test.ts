import assert from 'node:assert/strict';
import { UsageError } from '../../../src/cli/exit-code.ts';
import { parseArguments } from '../../../src/cli/parse-arguments.ts';

const refuses = (words: readonly string[], message: RegExp) =>
  assert.throws(
    () => parseArguments(words),
    (error) => error instanceof UsageError && message.test(error.message),
  );

describe('parseArguments', () => {
  it('takes paths and every option', () => {
    const words =
      'analyze a b --format json --fail-on error --rank 4-6,0 --rank 5 --run x --baseline old --html a.html --no-color';
    assert.deepEqual(parseArguments(words.split(' ')), {
      command: 'analyze',
      paths: ['a', 'b'],
      format: 'json',
      failOn: 'error',
      ranks: [0, 4, 5, 6],
      run: 'x',
      baseline: 'old',
      html: 'a.html',
      memoryLimitMb: null,
      usesColor: false,
    });
  });

  it('takes a limit of memory in megabytes', () => {
    const limitOf = (text: string): unknown =>
      parseArguments(['analyze', 'a', '--memory-limit', text]);
    assert.equal((limitOf('2048') as { memoryLimitMb: number }).memoryLimitMb, 2048);
    for (const wrong of ['0', '-5', '1.5', '2 GB', '5', '']) {
      assert.throws(() => limitOf(wrong), /--memory-limit/, wrong);
    }
  });

  it('has defaults for everything but the paths', () => {
    assert.deepEqual(parseArguments(['analyze', 'a']), {
      command: 'analyze',
      paths: ['a'],
      format: 'text',
      failOn: null,
      ranks: null,
      run: null,
      baseline: null,
      html: null,
      memoryLimitMb: null,
      usesColor: true,
    });
  });

  it('takes a path that begins with a dash after --', () => {
    const parsed = parseArguments(['analyze', '--', '-odd.json']);
    assert.deepEqual(parsed.command === 'analyze' && parsed.paths, ['-odd.json']);
  });

  it('gives help when asked, and when nothing was said', () => {
    for (const words of [[], ['--help'], ['-h'], ['help'], ['analyze', 'a', '--help']]) {
      assert.deepEqual(parseArguments(words), { command: 'help' });
    }
    assert.deepEqual(parseArguments(['--version']), { command: 'version' });
  });

  it('says what is wrong with the words', () => {
    refuses(['analyse', 'a'], /no command analyse/);
    refuses(['--format', 'json'], /command is missing/);
    refuses(['analyze'], /at least one file or folder/);
    refuses(['analyze', 'a', '--formt', 'json'], /--formt/);
    refuses(['analyze', 'a', '--format', 'xml'], /text or json or markdown, not "xml"/);
    refuses(['analyze', 'a', '--format'], /--format/);
    refuses(['analyze', 'a', '--fail-on', 'info'], /warning or error, not "info"/);
  });

  it('refuses ranks that are none', () => {
    for (const word of ['', 'x', '1-', '-1', '3-1', '0-9999999999', '1.5', '1;2']) {
      refuses(['analyze', 'a', `--rank=${word}`], /--rank takes ranks/);
    }
  });
});
