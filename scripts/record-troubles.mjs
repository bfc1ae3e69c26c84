/**
 * Records the runs of test/fixtures/recorded again: `node scripts/record-troubles.mjs [RUN…]`.
 * Needs Linux or macOS and a Python with PyTorch (`PYTHON=…`, else python3), and a machine that does nothing else.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, runMain, step, StepError } from './steps.mjs';

const SAMPLE = join(root, 'samples/planted-troubles');
const FIXTURES = join(root, 'test/fixtures/recorded');

/**
 * @typedef {object} Run
 * @property {number} ranks
 * @property {string[]} args
 * @property {boolean} [isProfiled] Whether PyTorch's own profiler writes a trace beside the spans.
 */

/** @type {Record<string, Run>} */
const RUNS = {
  'healthy-1': { ranks: 1, args: [] },
  'healthy-2': { ranks: 2, args: [] },
  'slow-augment': { ranks: 1, args: ['--trouble', 'slow-augment'] },
  'no-workers': { ranks: 1, args: ['--trouble', 'no-workers'] },
  'slow-worker': { ranks: 1, args: ['--trouble', 'slow-worker', '--workers', '4'] },
  'collect-garbage': { ranks: 1, args: ['--trouble', 'collect-garbage'] },
  validation: { ranks: 1, args: ['--trouble', 'validation'] },
  'growing-statistics': { ranks: 1, args: ['--trouble', 'growing-statistics', '--steps', '120'] },
  'long-shard': { ranks: 2, args: ['--trouble', 'long-shard'] },
  'slow-loader-rank': { ranks: 2, args: ['--trouble', 'slow-loader-rank'] },
  'uneven-lengths': { ranks: 2, args: ['--trouble', 'uneven-lengths'] },
  checkpoint: { ranks: 2, args: ['--trouble', 'checkpoint'] },
  logging: { ranks: 2, args: ['--trouble', 'logging'] },
  'micro-batches': { ranks: 2, args: ['--trouble', 'micro-batches'] },
  'large-gradients': { ranks: 2, args: ['--trouble', 'large-gradients'] },
  'late-reduction': { ranks: 2, args: ['--trouble', 'late-reduction'] },
  'legacy-profiler': {
    ranks: 1,
    args: ['--trouble', 'no-workers', '--steps', '12'],
    isProfiled: true,
  },
};

await runMain(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in RUNS));
  if (unknown.length > 0) {
    throw new StepError(
      `There is no run ${unknown.join(', ')}`,
      `The runs are ${Object.keys(RUNS).join(', ')}.`,
    );
  }
  for (const [name, run] of Object.entries(RUNS)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      await step(`Record ${name}`, () => record(name, run));
    }
  }
});

/**
 * @param {string} name
 * @param {Run} run
 */
async function record(name, { ranks, args, isProfiled = false }) {
  const directory = await mkdtemp(join(tmpdir(), 'record-troubles-'));
  const port = String(20_000 + Math.floor(Math.random() * 10_000));
  const profile = isProfiled ? ['--profile', join(directory, name)] : [];
  try {
    await Promise.all(
      Array.from({ length: ranks }, (_, rank) =>
        train(['--directory', directory, '--run', name, ...profile, ...args], {
          RANK: String(rank),
          WORLD_SIZE: String(ranks),
          MASTER_ADDR: '127.0.0.1',
          MASTER_PORT: port,
        }),
      ),
    );
    await keep(join(directory, name), join(FIXTURES, name));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} ofRank
 */
function train(args, ofRank) {
  const python = process.env['PYTHON'] ?? 'python3';
  const env = {
    ...process.env,
    ...ofRank,
    PYTHONPATH: join(root, 'recorder'),
    PYTHONDONTWRITEBYTECODE: '1',
    OMP_NUM_THREADS: '1',
    SLEUTH_HOST: 'sample-host',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['train.py', ...args], { cwd: SAMPLE, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(undefined) : reject(new StepError(`The training ended with ${code}`)),
    );
  });
}

/**
 * The files of a run, packed, in place of those that were there; what the folders of the recording are called is left out.
 * @param {string} from
 * @param {string} to
 */
async function keep(from, to) {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const file of await readdir(from)) {
    const text = await readFile(join(from, file), 'utf8');
    const unnamed = text.replace(/"(directory|profile)":"[^"]*"/g, '"$1":"runs"');
    const packed = gzipSync(unnamed, { level: 9 });
    await writeFile(join(to, `${file}.gz`), packed);
  }
}
