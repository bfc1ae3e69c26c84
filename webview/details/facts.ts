import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { formatDuration, formatNumber, formatPercent } from '../base/format.ts';
import { readableName } from '../base/names.ts';
import { CAUSE_WORDS } from '../base/palette.ts';

/** The numbers of a selection as name and text, in the order shown. */
export function factsOf(
  details: SelectionDetails,
  originNs: number,
): readonly (readonly [string, string])[] {
  const share =
    details.stepSharePercent === null
      ? ''
      : ` · ${formatPercent(details.stepSharePercent)} of the step`;
  const isGap = details.cause !== null;
  const facts: (readonly [string, string] | null)[] = [
    [isGap ? 'Device idle' : 'Takes', `${formatDuration(details.durationNs)}${share}`],
    ownTime(details),
    causeFact(details),
    details.phase === 'none' ? null : ['Phase', details.phase],
    isGap ? null : ['On', `${details.lane} · ${details.category}`],
    placeFact(details),
    ['Begins', beginFact(details, originNs)],
  ];
  return facts.filter((fact) => fact !== null);
}

function ownTime({ selfNs, durationNs }: SelectionDetails): readonly [string, string] | null {
  return selfNs === null || selfNs === durationNs
    ? null
    : [
        'Of that itself',
        `${formatDuration(selfNs)} (${formatPercent((selfNs / durationNs) * 100)})`,
      ];
}

function causeFact(details: SelectionDetails): readonly [string, string] | null {
  const { cause, causeCoveragePercent, related } = details;
  if (cause === null) {
    return null;
  }
  const culprit = related.find(({ relation }) => relation === 'Waits for');
  const covered =
    culprit === undefined || causeCoveragePercent === null
      ? ''
      : `: ${readableName(culprit.name)} covers ${formatPercent(causeCoveragePercent)} of it`;
  return ['Cause', `${CAUSE_WORDS[cause]}${covered}`];
}

function placeFact({ perStep }: SelectionDetails): readonly [string, string] | null {
  if (perStep === null || perStep.count < 2) {
    return null;
  }
  const { p50Ns, p95Ns, p99Ns } = perStep.percentiles;
  const place =
    perStep.rankPercent === null ? '' : `p${formatNumber(Math.round(perStep.rankPercent))} of `;
  return [
    'Against other steps',
    `${place}${formatNumber(perStep.count)} (p50\u00a0${formatDuration(p50Ns)}, p95\u00a0${formatDuration(p95Ns)}, p99\u00a0${formatDuration(p99Ns)})`,
  ];
}

function beginFact({ startNs, step, stepStartNs }: SelectionDetails, originNs: number): string {
  const inRun = `${formatDuration(startNs - originNs)} into the run`;
  if (step === null || stepStartNs === null) {
    return inRun;
  }
  return startNs - stepStartNs < 1e3
    ? `with step ${step}, ${inRun}`
    : `${formatDuration(startNs - stepStartNs)} into step ${step}, ${inRun}`;
}

const HOW_TEXT = {
  recorded: 'recorded by the span itself',
  stack: 'found through the Python stack',
  annotation: 'found by the name of the annotation',
  structure: 'inferred from the structure of the code',
} as const;

export function describeHow(how: keyof typeof HOW_TEXT): string {
  return HOW_TEXT[how];
}

/** All of it as plain text, for the clipboard. */
export function detailsAsText(details: SelectionDetails, originNs: number): string {
  const lines = factsOf(details, originNs).map(([name, value]) => `${name}: ${value}`);
  const place = details.source.locations.at(0);
  const where = place === undefined ? [] : [`Where: ${place.file}:${place.line}`];
  return [`${details.name} (rank ${details.selection.rank})`, ...lines, ...where].join('\n');
}
