import { basename } from 'node:path';
import { analyzeRun } from '../core/analyze.ts';
import type { Run, RunGroup } from '../core/model/run.ts';
import { groupRuns } from '../core/runs/group-runs.ts';
import { findRunFiles } from '../files/find-run-files.ts';
import { readRun } from '../files/read-run.ts';
import { chooseRun, keepRanks, namesOf } from './choose-run.ts';
import { NothingReadableError } from './exit-code.ts';
import { exitCodeOf } from './exit-code-of-report.ts';
import type { AnalyzeArguments } from './parse-arguments.ts';
import { printJson } from './print-json.ts';
import { printReport } from './report/print-report.ts';
import { plainText } from './terminal/plain-text.ts';
import { ProgressBar } from './terminal/progress-bar.ts';
import { ansiStyle, noStyle } from './terminal/style.ts';

/** Width of a report that is not read at a terminal, or at one that does not tell its size. */
const DEFAULT_COLUMNS = 100;

/** Standard output or standard error. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly version: string;
  /** Colors, where the terminal has them. */
  readonly allowsColor: boolean;
  readonly nowMs: () => number;
}

/** Finds, reads, analyzes and prints a run; gives the exit code. */
export async function runAnalyze(
  options: AnalyzeArguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { out, err, version } = surroundings;
  const group = await findGroup(options, err, signal);
  const run = await readWithProgress(group, surroundings, signal);
  refuseUnreadable(run);
  const { report } = analyzeRun(run, { signal, tool: { name: 'training-sleuth', version } });
  signal.throwIfAborted();
  const usesColor = options.usesColor && surroundings.allowsColor && out.isTTY === true;
  out.write(
    options.format === 'json'
      ? printJson(report)
      : printReport(report, {
          width: columnsOf(out),
          style: usesColor ? ansiStyle : noStyle,
        }),
  );
  return exitCodeOf(report, options.failOn);
}

async function findGroup(
  { paths, run, ranks }: AnalyzeArguments,
  err: Output,
  signal: AbortSignal,
): Promise<RunGroup> {
  const chosen = chooseRun(groupRuns(await findRunFiles(paths, signal)), run);
  if (chosen === null) {
    throw new NothingReadableError(
      `No trace or timing file was found in ${paths.join(', ')}. Training Sleuth reads PyTorch profiler traces and Chrome trace events (*.json, *.json.gz) and *.spans.jsonl.`,
    );
  }
  const { group, others } = chosen;
  if (others.length > 0 && run === null) {
    err.write(
      `${plainText(`Found ${others.length + 1} runs; this is the newest, ${group.name}. --run takes the others: ${namesOf(others)}`)}\n\n`,
    );
  }
  return ranks === null ? group : keepRanks(group, ranks);
}

async function readWithProgress(
  group: RunGroup,
  { err, nowMs }: Surroundings,
  signal: AbortSignal,
): Promise<Run> {
  const screen =
    err.isTTY === true
      ? { columns: columnsOf(err), write: (text: string) => void err.write(text) }
      : null;
  const bar = new ProgressBar(screen, nowMs);
  try {
    return await readRun(group, {
      signal,
      onProgress: ({ file, fileIndex, fileCount, consumedBytes, totalBytes }) =>
        bar.show(
          totalBytes === 0 ? 0 : consumedBytes / totalBytes,
          `${plainText(basename(file))} (${fileIndex + 1} of ${fileCount})`,
        ),
    });
  } finally {
    bar.clear();
  }
}

/** Some terminals say that they have none. */
function columnsOf({ columns = 0 }: Output): number {
  return columns > 0 ? columns : DEFAULT_COLUMNS;
}

/** Where no file of the run has an event, says why. */
function refuseUnreadable({ ranks }: Run): void {
  if (ranks.some(({ trace }) => trace.counts.kept > 0)) {
    return;
  }
  const reasons = ranks.map(
    ({ file, trace }) => `${file}: ${trace.problems[0]?.reason ?? 'There are no events in it.'}`,
  );
  const [first = 'The run has no files.', ...others] = reasons;
  const more = others.length === 0 ? '' : ` (and ${others.length} more files without events)`;
  throw new NothingReadableError(first + more);
}
