import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/steps.mjs';

const CLI = join(root, 'dist/cli.js');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Bundles the program as it is shipped. */
export async function buildCli(): Promise<void> {
  await promisify(execFile)(process.execPath, ['esbuild.mjs', 'programs'], { cwd: root });
}

/** Runs the program as a shell would, in a folder. */
export function runCli(cwd: string, ...words: readonly string[]): Promise<Ended> {
  return end(process.execPath, [CLI, ...words], cwd);
}

function end(program: string, words: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: '' }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program, words, options, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

/** Runs the program as a line of bash, whose exit code is the program's also where `after` follows it. */
export function runShell(cwd: string, line: string, after = ''): Promise<Ended> {
  const script = `"$0" "$1" ${line} ${after}; exit "\${PIPESTATUS[0]}"`;
  return end('bash', ['-c', script, process.execPath, CLI], cwd);
}

/** A span file of one rank whose steps wait `dataNs` for data and compute for 20 ms. */
export function drawSpans({
  steps,
  dataNs,
  rank = 0,
  worldSize = 1,
  name = 'forward',
}: {
  readonly steps: number;
  readonly dataNs: number;
  readonly rank?: number;
  readonly worldSize?: number;
  /** Of the span that is not data. */
  readonly name?: string;
}): string {
  const computeNs = 20e6;
  const lines: object[] = [
    { type: 'run', schema: 1, run: 'drawn', rank, worldSize, pid: 7, startUnixNs: 1e18 },
  ];
  for (let step = 0; step < steps; step++) {
    const ts = step * (dataNs + computeNs);
    const place = { step, file: 'train.py', lane: 'main' };
    lines.push(
      { type: 'span', name: 'data', phase: 'data', ts, dur: dataNs, line: 41, ...place },
      {
        type: 'span',
        name,
        phase: 'forward',
        ts: ts + dataNs,
        dur: computeNs,
        line: 43,
        ...place,
      },
      { type: 'step', step, ts, dur: dataNs + computeNs },
    );
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
