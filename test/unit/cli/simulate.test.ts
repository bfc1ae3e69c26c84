import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/cli/exit-code.ts';
import { HELP } from '../../../src/cli/help.ts';
import { parseArguments } from '../../../src/cli/parse-arguments.ts';
import { TROUBLE_KINDS } from '../../../src/simulator/trouble.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Truth } from '../../../src/simulator/simulated-run.ts';
import { buildCli, runCli } from './run-cli.ts';

const refuses = (words: string, message: RegExp) =>
  assert.throws(
    () => parseArguments(words.split(' ')),
    (error) => error instanceof UsageError && message.test(error.message),
  );

describe('the arguments of simulate', () => {
  it('are a folder, and what the run is like', () => {
    const words =
      'simulate --out d --trouble checkpoint=0.5 --trouble straggler --ranks 4 --steps 9 --workers 0 --format spans --seed 8';
    assert.deepEqual(parseArguments(words.split(' ')), {
      command: 'simulate',
      troubles: [
        { kind: 'checkpoint', severity: 0.5 },
        { kind: 'straggler', severity: 0.3 },
      ],
      ranks: 4,
      steps: 9,
      workers: 0,
      format: 'spans',
      stacks: false,
      seed: 8,
      out: 'd',
    });
  });

  it('are refused with what would be right', () => {
    refuses('simulate', /needs a folder for its files: --out DIR/);
    refuses('simulate d', /name the folder as --out d/);
    refuses(
      'simulate --out d --trouble hurry',
      /no trouble "hurry"; the troubles are slow-augment/,
    );
    refuses('simulate --out d --trouble logging=x', /above 0 and at most 10, not "x"/);
    refuses('simulate --out d --trouble logging=', /above 0 and at most 10, not ""/);
    refuses('simulate --out d --ranks 2000', /--ranks can be a whole number from 1 to 1024/);
    refuses('simulate --out d --steps 1.5', /--steps can be a whole number from 2/);
    refuses('simulate --out d --format xml', /kineto or spans, not "xml"/);
    refuses('simulate --out d --frmt xml', /--frmt/);
  });

  it('are in the help, every trouble too', () => {
    assert.deepEqual(parseArguments(['simulate', '--help']), { command: 'help' });
    for (const kind of TROUBLE_KINDS) {
      assert.ok(HELP.includes(kind));
    }
    HELP.split('\n').forEach((line) => assert.ok(line.length <= 80, line));
  });
});

describe('simulate, then analyze', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    await buildCli();
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-simulate-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('finds the trouble where the truth has it', async () => {
    const words = 'simulate --out item --trouble item-sync=0.4 --stacks --steps 12'.split(' ');
    const { code, out } = await runCli(folder, ...words);
    assert.equal(code, 0);
    assert.match(out, /^Simulated, not recorded: 12 steps on 1 rank, in item\n/);
    assert.match(out, /• item-sync: \d+(\.\d+)?\sms a step, at train\.py:\d+\n/);
    assert.deepEqual((await readdir(join(folder, 'item'))).sort(), [
      'rank0.pt.trace.json',
      'train.py',
      'truth.json',
    ]);
    const truth = JSON.parse(await readFile(join(folder, 'item/truth.json'), 'utf8')) as Truth;
    assert.equal(truth.simulated, true);
    const [{ place, savingNs }] = truth.troubles;
    const analyzed = await runCli(folder, 'analyze', 'item', '--format', 'json');
    const { findings } = JSON.parse(analyzed.out) as Report;
    assert.equal(findings[0].id, 'host-sync');
    assert.ok([place.line, ...place.alsoRight].includes(findings[0].location!.line));
    assert.ok(Math.abs(findings[0].savingNsPerStep / savingNs.mean - 1) < 0.1);
  });

  it('finds nothing in a healthy run of span files', async () => {
    const words = 'simulate --out healthy --ranks 2 --format spans'.split(' ');
    assert.equal((await runCli(folder, ...words)).code, 0);
    const { code, out } = await runCli(folder, 'analyze', 'healthy', '--fail-on', 'warning');
    assert.equal(code, 0, out);
    assert.match(out, /2 files · spans · ranks 0, 1 of 2|10 files · spans · ranks 0, 1 of 2/);
  });

  it('writes into no folder that holds something', async () => {
    await mkdir(join(folder, 'full'));
    await writeFile(join(folder, 'full/notes.txt'), 'keep me');
    const { code, err } = await runCli(folder, 'simulate', '--out', 'full');
    assert.equal(code, 2);
    assert.match(err, /full is not empty\. Name a new folder with --out\./);
  });

  it('says why a run cannot have a trouble', async () => {
    const words = ['simulate', '--out', 'none', '--trouble', 'straggler'];
    const { code, err } = await runCli(folder, ...words);
    assert.equal(code, 2);
    assert.match(err, /Straggler needs at least 2 ranks\./);
    assert.ok(!(await readdir(folder)).includes('none'));
  });
});
