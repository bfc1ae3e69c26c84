import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildProgram } from './build-program.ts';
import { makeSized, sourceName } from './make-trace.ts';

const SIZES_MB = (process.env['BENCH_CACHE_MB'] ?? '54,200,1000').split(',').map(Number);
const ROUNDS = 3;
/** Opened again, a run is there in this part of the time. */
const MAX_SHARE = 0.1;

interface Opened {
  readonly verdictMs: number;
  readonly pictureMs: number;
  readonly storingMs: number;
  readonly count: number;
  readonly problem: string | null;
}

/** Opening a run for the first time against opening it again, each in a process of its own. */
export async function measureCache(
  folder: string,
): Promise<{ readonly lines: string[]; readonly isGood: boolean }> {
  const program = join(folder, '..', '..', 'dist', 'bench-open.js');
  await buildProgram(dirname(program), { 'bench-open': join(import.meta.dirname, 'open-once.ts') });
  const cache = join(folder, 'cache');
  const lines: string[] = [];
  let isGood = true;
  for (const megabytes of SIZES_MB) {
    const path = await makeSized(folder, megabytes);
    const rounds = Array.from({ length: ROUNDS }, () => {
      rmSync(cache, { recursive: true, force: true });
      const first = open(program, path, cache);
      return { first, again: open(program, path, cache), bytes: bytesIn(join(cache, 'runs')) };
    });
    const first = middle(rounds.map((round) => round.first));
    const again = middle(rounds.map((round) => round.again));
    const share = again.verdictMs / first.verdictMs;
    isGood &&= share <= MAX_SHARE && first.problem === null && again.storingMs === 0;
    lines.push(row(`${megabytes} MB of ${sourceName()}`, first, again, rounds[0]?.bytes ?? 0));
  }
  rmSync(cache, { recursive: true, force: true });
  const titles = ['verdict', 'picture', 'again', 'picture', 'share', 'storing', 'on disk'];
  return {
    lines: [
      'Opening a run for the first time, and again out of the cache; median of 3, each in a process of its own.',
      '',
      `${''.padEnd(56)}${titles.map((title) => title.padStart(10)).join('')}`,
      ...lines,
    ],
    isGood,
  };
}

function row(name: string, first: Opened, again: Opened, bytes: number): string {
  const cells = [
    seconds(first.verdictMs),
    seconds(first.pictureMs),
    seconds(again.verdictMs),
    seconds(again.pictureMs),
    `${((100 * again.verdictMs) / first.verdictMs).toFixed(1)} %`,
    seconds(first.storingMs),
    `${(bytes / 1e6).toFixed(0)} MB`,
  ];
  return name.padEnd(56) + cells.map((cell) => cell.padStart(10)).join('');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function open(program: string, path: string, cache: string): Opened {
  const output = execFileSync(process.execPath, [program, path, cache], { encoding: 'utf8' });
  return JSON.parse(output) as Opened;
}

function middle(opened: readonly Opened[]): Opened {
  return [...opened].sort((a, b) => a.verdictMs - b.verdictMs)[opened.length >> 1];
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
