import { MAX_COUNTERS } from '../model/counter.ts';
import { METRICS_FORMAT, type MetricsBeside, type RankTrace } from '../model/run.ts';
import { baseName } from './file-notes.ts';
import { type Graded, note, plural } from './graded-note.ts';

const MAX_TOLD = 8;

/** What became of the metrics beside the run, and what metrics alone cannot tell. */
export function metricNotes(
  ranks: readonly RankTrace[],
  beside: readonly MetricsBeside[],
): Graded[] {
  const alone = ranks.filter(({ trace }) => trace.meta.format === METRICS_FORMAT).length;
  const own =
    alone === 0
      ? []
      : [
          note(
            'metrics-only',
            alone,
            'notable',
            'These are metrics: values over time, without a timeline of operations. Beside a trace they are counters on its timeline; record one to see why steps take as long as they do.',
          ),
        ];
  const groups = groupAlike(beside);
  const told = groups
    .slice(0, MAX_TOLD)
    .map((group) => note('metrics-beside', group.shown, gradeOf(group), describe(group)));
  const more = beside.length - groups.slice(0, MAX_TOLD).reduce((sum, { files }) => sum + files, 0);
  return more === 0
    ? [...own, ...told]
    : [
        ...own,
        ...told,
        note(
          'metrics-beside',
          more,
          'ok',
          `${plural(more, 'more file')} of metrics ${more === 1 ? 'lies' : 'lie'} beside the run.`,
        ),
      ];
}

/** Ranks with more counters than are shown. */
export function hiddenCounterNotes(ranks: readonly RankTrace[]): Graded[] {
  const most = ranks.reduce(
    (count, { trace }) => Math.max(count, new Set(trace.counters.series).size),
    0,
  );
  return most <= MAX_COUNTERS
    ? []
    : [
        note(
          'hidden-counters',
          most - MAX_COUNTERS,
          'notable',
          `A rank has ${most.toLocaleString('en-US')} counters, of which the first ${MAX_COUNTERS} of its file are shown.`,
        ),
      ];
}

/** Metrics of another time are nothing wrong with the run. */
function gradeOf({ placement, dropped }: MetricsBeside): Graded['level'] {
  return placement === null || dropped > 0 ? 'notable' : 'ok';
}

/** Files of the same name and fate, such as those of the folders of ranks, with the sums of their values. */
interface Alike extends MetricsBeside {
  readonly files: number;
}

function groupAlike(beside: readonly MetricsBeside[]): readonly Alike[] {
  const groups = new Map<string, Alike>();
  for (const one of beside) {
    const { file, title, placement, zoneMinutes, shown } = one;
    const key = [baseName(file), title, placement, zoneMinutes, shown > 0].join('\n');
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? { ...one, files: 1 }
        : {
            ...known,
            files: known.files + 1,
            values: known.values + one.values,
            shown: known.shown + shown,
            dropped: known.dropped + one.dropped,
          },
    );
  }
  return [...groups.values()];
}

function describe(group: Alike): string {
  const { files, title, values, shown, dropped, placement } = group;
  const isOne = files === 1;
  const name = `${isOne ? '' : `${files} files `}${baseName(group.file)} (${title}) ${isOne ? 'lies' : 'lie'} beside the run`;
  const lost = dropped === 0 ? '' : ` ${plural(dropped, 'line')} could not be read.`;
  const isNot = isOne ? 'is not' : 'are not';
  if (placement === null) {
    return `${name} and ${isNot} shown: nothing tells when the values were in the time of the run. Times since 1970, times with their zone, or the numbers of the steps would; metrics in .training-sleuth.json says which column holds them.${lost}`;
  }
  if (shown === 0) {
    return `${name} and ${isNot} shown: of ${plural(values, 'value')} none was measured during it.${lost}`;
  }
  return `${name}: ${shown.toLocaleString('en-US')} of ${values.toLocaleString('en-US')} values are shown as counters${PLACED[placement](group)}.${lost}`;
}

const PLACED: Readonly<
  Record<NonNullable<MetricsBeside['placement']>, (file: MetricsBeside) => string>
> = {
  clock: () => '',
  zone: ({ zoneMinutes }) =>
    `, its times taken as ${zoneName(zoneMinutes)}, the only time zone in which they are of the run`,
  steps: () => ', placed where steps of the same number begin',
  moment: () => ', shown over the whole run, as nothing tells when they were measured',
};

function zoneName(minutes: number): string {
  const sign = minutes < 0 ? '-' : '+';
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  return minutes === 0
    ? 'UTC'
    : `UTC${sign}${hours}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
}
