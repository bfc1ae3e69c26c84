import { basename } from 'node:path';
import type { RankTrace, Run, RunGroup } from '../core/model/run.ts';
import { groupRuns } from '../core/runs/group-runs.ts';
import { FileError } from '../files/file-error.ts';
import { findRunFiles } from '../files/find-run-files.ts';
import { readRun } from '../files/read-run.ts';
import { chooseRuns, isReadable, keepRanks, namesOf } from './choose-run.ts';
import { NothingReadableError } from './exit-code.ts';
import type { AnalyzeArguments } from './parse-arguments.ts';
import { columnsOf, type Output, type Surroundings } from './surroundings.ts';
import { plainText } from './terminal/plain-text.ts';
import { ProgressBar } from './terminal/progress-bar.ts';

/** Runs without events that are told one by one. */
const MAX_PASSED_TOLD = 5;

/**
 * The newest run that has events, of those that the options name. Says on standard error which were
 * passed over for want of events, and which others there are.
 */
export async function readNewestRun(
  { paths, run: name, ranks, memoryLimitMb }: AnalyzeArguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Run> {
  const groups = chooseRuns(groupRuns(await findRunFiles(paths, signal)), name);
  const passed: (readonly string[])[] = [];
  for (const [i, group] of groups.entries()) {
    const wanted = ranks === null || !isReadable(group) ? group : keepRanks(group, ranks);
    const { run, reasons } = await tryRun(wanted, memoryLimitMb, surroundings, signal);
    if (run === null) {
      passed.push(reasons);
      continue;
    }
    tellPassed(passed, surroundings.err);
    if (name === null) {
      tellOthers(group, groups.slice(i + 1), surroundings.err);
    }
    return run;
  }
  throw new NothingReadableError(explainNothing(paths, passed));
}

/** The run, or why each of its files has no events. */
async function tryRun(
  group: RunGroup,
  memoryLimitMb: number | null,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<{ readonly run: Run | null; readonly reasons: readonly string[] }> {
  try {
    const run = await readWithProgress(group, memoryLimitMb, surroundings, signal);
    return run.ranks.some(({ trace }) => trace.counts.kept > 0)
      ? { run, reasons: [] }
      : { run: null, reasons: run.ranks.map(reasonWithoutEvents) };
  } catch (error) {
    if (error instanceof FileError) {
      return { run: null, reasons: [error.message] };
    }
    throw error;
  }
}

function reasonWithoutEvents({ file, trace }: RankTrace): string {
  return `${file}: ${trace.problems[0]?.reason ?? 'There are no events in it.'}`;
}

function tellPassed(passed: readonly (readonly string[])[], err: Output): void {
  for (const reasons of passed.slice(0, MAX_PASSED_TOLD)) {
    err.write(`${plainText(`Left out: ${withMore(reasons)}`)}\n`);
  }
  const hidden = passed.length - MAX_PASSED_TOLD;
  if (hidden > 0) {
    err.write(`Left out ${hidden} more without events.\n`);
  }
}

function tellOthers(group: RunGroup, others: readonly RunGroup[], err: Output): void {
  if (others.length > 0) {
    const text = `Found ${others.length + 1} runs; this is the newest, ${group.name}. --run takes the others: ${namesOf(others)}`;
    err.write(`${plainText(text)}\n\n`);
  }
}

function explainNothing(paths: readonly string[], passed: readonly (readonly string[])[]): string {
  return passed.length > 0
    ? withMore(passed.flat())
    : `No trace or timing file was found in ${paths.join(', ')}. Training Sleuth reads PyTorch profiler traces and Chrome trace events (*.json, *.json.gz), exports of Nsight Systems (*.sqlite), profiles of JAX and TensorFlow (*.xplane.pb), Perfetto traces (*.pftrace), databases of rocprofv3 (*.db), dumps of NCCL’s flight recorder (_dump_0), *.spans.jsonl and logs with step times (*.log, *.out, *.txt).`;
}

function withMore([first = '', ...others]: readonly string[]): string {
  return others.length === 0
    ? first
    : `${first} (and ${others.length} more ${others.length === 1 ? 'file' : 'files'} without events)`;
}

async function readWithProgress(
  group: RunGroup,
  memoryLimitMb: number | null,
  { err, nowMs, bundles }: Surroundings,
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
      threadScript: new URL('read-thread.js', bundles),
      memoryLimitMb: memoryLimitMb ?? undefined,
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
