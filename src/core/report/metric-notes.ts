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
  const told = beside
    .slice(0, MAX_TOLD)
    .map((file) => note('metrics-beside', file.shown, gradeOf(file), describe(file)));
  const more = beside.length - told.length;
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

/** Metrics of another time are nothing wrong with the run. */
function gradeOf({ placement, dropped }: MetricsBeside): Graded['level'] {
  return placement === null || dropped > 0 ? 'notable' : 'ok';
}

function describe(file: MetricsBeside): string {
  const { title, values, shown, dropped } = file;
  const name = `${baseName(file.file)} (${title})`;
  const lost = dropped === 0 ? '' : ` ${plural(dropped, 'line')} of it could not be read.`;
  if (file.placement === null) {
    return `${name} lies beside the run and is not shown: nothing tells when its values were in the time of the run. Times since 1970, times with their zone, or the numbers of the steps would; metrics in .training-sleuth.json says which column holds them.${lost}`;
  }
  if (shown === 0) {
    return `${name} lies beside the run and is not shown: its ${plural(values, 'value')} ${values === 1 ? 'was' : 'were'} measured at other times.${lost}`;
  }
  return `${name} lies beside the run: ${shown.toLocaleString('en-US')} of its ${values.toLocaleString('en-US')} values are shown as counters${PLACED[file.placement](file)}.${lost}`;
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
