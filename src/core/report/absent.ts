import type { Report } from '../model/report.ts';
import { isWithoutTimeline } from '../model/run.ts';

/** Of the other formats none does. */
function namesDevices(format: string): boolean {
  return format === 'kineto' || format === 'nsys';
}

/** Recorders that are not asked for steps, kernels or lines: their notes say what they are for. */
function isOfCollectives(format: string): boolean {
  return format === 'flight-recorder' || format === 'nccl';
}

/** What was not recorded, and what it would add; each as a sentence. What logs, metrics and records of collectives lack is said of them as a whole. */
export function listAbsent({
  run,
  ranks,
  lines,
  findings,
}: Pick<Report, 'run' | 'ranks' | 'lines' | 'findings'>): readonly string[] {
  if (run.formats.every((format) => isWithoutTimeline(format) || isOfCollectives(format))) {
    return [];
  }
  const hasDevice = ranks.some(({ breakdown }) => breakdown !== null);
  const hasLines =
    lines.some(({ location }) => location !== null) ||
    findings.some(({ location }) => location !== null);
  return [
    hasDevice
      ? null
      : 'No device work was recorded: with ProfilerActivity.CUDA the idle time of the GPU and its causes would be shown.',
    hasDevice && run.formats.some(namesDevices) && ranks.every(({ device }) => device === null)
      ? 'The trace does not name its device: what it could do at most is not known.'
      : null,
    run.steps.how === 'whole'
      ? 'No steps were recorded: with profiler.step() in the loop each step would be told apart.'
      : null,
    run.ranks.length === 1 && (run.worldSize ?? 1) > 1
      ? 'This is one rank of several: with the files of the others beside it stragglers would be found.'
      : null,
    hasLines
      ? null
      : 'No lines of code were recorded: with_stack=True, record_function or timing spans would lead to them.',
  ].filter((text) => text !== null);
}
