import { dirname, resolve } from 'node:path';
import { analyzeRun } from '../core/analyze.ts';
import { reportMarkdown } from '../core/export/markdown.ts';
import type { Run } from '../core/model/run.ts';
import { readBaseline } from '../files/read-baseline.ts';
import { readConfig } from '../files/read-config.ts';
import { readReportProgram, reportPage } from '../files/report-page.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { exitCodeOf } from './exit-code-of-report.ts';
import type { AnalyzeArguments } from './parse-arguments.ts';
import { printJson } from './print-json.ts';
import { readNewestRun } from './read-newest-run.ts';
import { printReport } from './report/print-report.ts';
import { columnsOf, type Surroundings } from './surroundings.ts';
import { plainText } from './terminal/plain-text.ts';
import { ansiStyle, noStyle } from './terminal/style.ts';

/** Finds, reads, analyzes and prints a run; gives the exit code. */
export async function runAnalyze(
  options: AnalyzeArguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { out, err, version } = surroundings;
  const run = await readNewestRun(options, surroundings, signal);
  const { detectors, baseline } = await readConfig(dirname(resolve(run.ranks[0]?.file ?? '')));
  const named = options.baseline ?? baseline;
  const analysis = analyzeRun(run, {
    signal,
    detectors,
    ...(await readBaseline(named, { files: filesOf(run), folders: null, signal })),
    tool: { name: 'training-sleuth', version },
  });
  signal.throwIfAborted();
  const usesColor = options.usesColor && surroundings.allowsColor && out.isTTY === true;
  if (options.html !== null) {
    const page = await reportPage(analysis, await readReportProgram(surroundings.bundles));
    await writeAtomically(options.html, page, signal);
    err.write(`Wrote ${plainText(options.html)}\n`);
  }
  const { report } = analysis;
  const printed = {
    json: () => printJson(report),
    markdown: () => reportMarkdown(report),
    text: () =>
      printReport(report, { width: columnsOf(out), style: usesColor ? ansiStyle : noStyle }),
  };
  out.write(printed[options.format]());
  return exitCodeOf(report, { failOn: options.failOn, needsBaseline: named !== null });
}

function filesOf({ ranks }: Run): string[] {
  return ranks.flatMap(({ file, otherFiles = [] }) => [file, ...otherFiles]);
}
