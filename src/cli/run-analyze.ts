import { dirname, resolve } from 'node:path';
import { analyzeRun } from '../core/analyze.ts';
import type { Run } from '../core/model/run.ts';
import { readBaseline } from '../files/read-baseline.ts';
import { readConfig } from '../files/read-config.ts';
import { exitCodeOf } from './exit-code-of-report.ts';
import type { AnalyzeArguments } from './parse-arguments.ts';
import { printJson } from './print-json.ts';
import { readNewestRun } from './read-newest-run.ts';
import { printReport } from './report/print-report.ts';
import { columnsOf, type Surroundings } from './surroundings.ts';
import { ansiStyle, noStyle } from './terminal/style.ts';

/** Finds, reads, analyzes and prints a run; gives the exit code. */
export async function runAnalyze(
  options: AnalyzeArguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { out, version } = surroundings;
  const run = await readNewestRun(options, surroundings, signal);
  const { detectors, baseline } = await readConfig(dirname(resolve(run.ranks[0]?.file ?? '')));
  const named = options.baseline ?? baseline;
  const { report } = analyzeRun(run, {
    signal,
    detectors,
    ...(await readBaseline(named, { files: filesOf(run), folders: null, signal })),
    tool: { name: 'training-sleuth', version },
  });
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
  return exitCodeOf(report, { failOn: options.failOn, needsBaseline: named !== null });
}

function filesOf({ ranks }: Run): string[] {
  return ranks.flatMap(({ file, otherFiles = [] }) => [file, ...otherFiles]);
}
