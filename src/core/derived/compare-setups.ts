import type { RunSummary } from '../model/baseline.ts';
import { countOf } from './wording.ts';

/** Something that two runs do not have in common, for people. */
export interface Difference {
  /** Such as `batch_size 32 instead of 64`. */
  readonly text: string;
  /** Whether a step is another amount of work, or is measured otherwise: then step times cannot be compared. */
  readonly isOfWork: boolean;
}

/** Keys that say what a run is called, where it is written, and how long it goes on. */
const NAMING =
  /^(run|name|exp|experiment|id|seed|date|time|timestamp|host|port|steps|epochs|tags?|notes?|comment|description|output|out|resume|(run|exp|experiment)_?(name|id)|(max|num)_?(steps|epochs|iters?)|\w*(dir|directory|folder|path|host|port))$/i;
const BATCH = /batch/i;
/** Longer values are cut. */
const MAX_VALUE_LENGTH = 40;
/** The last batch of an epoch may be smaller. */
const SAME_SAMPLES = 0.1;

/** What is not the same in two runs; what was not recorded of one of them cannot be told. */
export function compareSetups(run: RunSummary, baseline: RunSummary): readonly Difference[] {
  const samples = compareSamples(run, baseline);
  const config = compareConfigs(run, baseline).filter(
    ({ isOfWork }) => !isOfWork || samples.length === 0,
  );
  return [
    ...compareRanks(run, baseline),
    ...compareLists(run.deviceNames, baseline.deviceNames, (names) => names),
    ...compareLists(run.formats, baseline.formats, (names) => `recorded as ${names}`),
    ...samples,
    ...config,
  ];
}

/** Whether both say how they were configured, and say the same, but for names, places and lengths. */
export function areConfiguredAlike(run: RunSummary, baseline: RunSummary): boolean | null {
  return run.config === null || baseline.config === null
    ? null
    : compareConfigs(run, baseline).length === 0;
}

function compareRanks(run: RunSummary, baseline: RunSummary): Difference[] {
  return run.rankCount === baseline.rankCount
    ? []
    : [
        {
          text: `${countOf(run.rankCount, 'rank')} instead of ${baseline.rankCount}`,
          isOfWork: true,
        },
      ];
}

function compareLists(
  now: readonly string[],
  before: readonly string[],
  describe: (names: string) => string,
): Difference[] {
  const [names, others] = [now.join(', '), before.join(', ')];
  return names === others || names === '' || others === ''
    ? []
    : [{ text: `${describe(shorten(names))} instead of ${shorten(others)}`, isOfWork: true }];
}

function compareSamples(run: RunSummary, baseline: RunSummary): Difference[] {
  const [now, before] = [run.samplesPerStep, baseline.samplesPerStep];
  return now === null ||
    before === null ||
    Math.abs(now - before) <= SAME_SAMPLES * Math.max(now, before)
    ? []
    : [
        {
          text: `${countOf(Math.round(now), 'sample')} a step instead of ${Math.round(before)}`,
          isOfWork: true,
        },
      ];
}

function compareConfigs(run: RunSummary, baseline: RunSummary): Difference[] {
  if (run.config === null || baseline.config === null) {
    return [];
  }
  const keys = new Set([...run.config.keys(), ...baseline.config.keys()]);
  return [...keys]
    .filter((key) => !NAMING.test(key) && run.config?.get(key) !== baseline.config?.get(key))
    .map((key) => ({
      text: describeKey(key, run.config?.get(key), baseline.config?.get(key)),
      isOfWork: BATCH.test(key),
    }));
}

function describeKey(key: string, now: string | undefined, before: string | undefined): string {
  const name = shorten(key);
  if (now === undefined) {
    return `no ${name}, which was ${shorten(before ?? '')}`;
  }
  return before === undefined
    ? `${name} ${shorten(now)}, which was not set`
    : `${name} ${shorten(now)} instead of ${shorten(before)}`;
}

function shorten(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1)}…` : text;
}
