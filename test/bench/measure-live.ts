import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildProgram } from './build-program.ts';

const SIZES_MB = [1, 10, 100];
/** Reading what was appended to a long file takes no longer than to a short one, but for the noise of a machine. */
const MAX_GROWTH = 3;

interface Followed {
  readonly readMs: number;
  readonly takeMs: number;
  readonly answerMs: number;
  readonly spans: number;
}

/** Span files of several sizes that grow by a megabyte. */
export async function measureLive(
  folder: string,
): Promise<{ readonly lines: string[]; readonly isGood: boolean }> {
  const program = join(folder, '..', '..', 'dist', 'bench-follow.js');
  await buildProgram(dirname(program), {
    'bench-follow': join(import.meta.dirname, 'follow-once.ts'),
  });
  const results = SIZES_MB.map((size): Followed => {
    const output = execFileSync(process.execPath, [program, String(size)], { encoding: 'utf8' });
    return JSON.parse(output) as Followed;
  });
  const titles = ['spans', 'reading', 'columns', 'answer'];
  const [least] = results.map(({ readMs }) => readMs).sort((a, b) => a - b);
  return {
    lines: [
      'A span file that grows by 1 MB: reading it on, the columns of all, and the answer with the analysis of all; medians of 7.',
      '',
      `${''.padEnd(34)}${titles.map((title) => title.padStart(12)).join('')}`,
      ...results.map((result, i) => row(`${SIZES_MB[i]} MB of timing spans`, result)),
    ],
    isGood: results.every(({ readMs }) => readMs <= MAX_GROWTH * least),
  };
}

function row(name: string, { spans, readMs, takeMs, answerMs }: Followed): string {
  const times = [readMs, takeMs, answerMs].map((ms) => `${ms.toFixed(1)} ms`);
  return name.padEnd(34) + [String(spans), ...times].map((cell) => cell.padStart(12)).join('');
}
