import type { Phase } from '../../model/phase.ts';
import type { LogDialect, LogEdge, LogNumber, LogRecord } from '../log-lines/log-dialect.ts';
import { textToRecord } from '../log-lines/text-to-record.ts';

/** `:::MLLOG {…}` since 0.7, `:::MLL 1556733699.71 epoch_start: {…}` before. */
const MARK = /:::MLL(?:OG)? /;
const OLD = /^(?<seconds>\d{1,12}(?:\.\d{1,9})?) (?<key>[\w-]{1,80}): (?<json>\{.{0,15000})$/;

const EDGE = /^(?<name>[a-z_]{1,40})_(?<end>start|stop)$/;

const PHASE_BY_NAME: ReadonlyMap<string, Phase> = new Map([
  ['eval', 'validation'],
  ['init', 'other'],
]);

/**
 * The epochs of a log of MLPerf Training, or its blocks where it has them.
 * https://github.com/mlcommons/logging/blob/master/mlperf_logging/mllog/README.md
 */
export const mlperf: LogDialect = {
  id: 'mlperf',
  hint: ':::MLL',
  isOfJob: true,
  isClosed: true,
  stepIs: 'an epoch, or a block of them',
  read({ text }) {
    const mark = MARK.exec(text);
    if (mark === null) {
      return null;
    }
    const event = eventOf(text.slice(mark.index + mark[0].length).trimEnd());
    return typeof event === 'string' ? event : recordOf(event);
  },
};

type Groups = Readonly<Partial<Record<string, string>>>;

interface MlperfEvent {
  readonly timeUs: number;
  readonly key: string;
  readonly value: unknown;
  readonly metadata: ReadonlyMap<string, unknown>;
}

function eventOf(text: string): MlperfEvent | string {
  const { seconds, key, json } = (OLD.exec(text)?.groups ?? {}) as Groups;
  const event = textToRecord(json ?? text);
  if (event === null) {
    return 'what follows the mark is not a JSON object';
  }
  const timeUs =
    json === undefined ? 1e3 * Number(event.get('time_ms')) : Math.round(1e6 * Number(seconds));
  const name = json === undefined ? event.get('key') : key;
  if (typeof name !== 'string' || !(timeUs > 0 && timeUs < 1e17)) {
    return 'this event has no key or no time';
  }
  return {
    timeUs,
    key: name,
    value: event.get('value'),
    metadata: textToRecord(event.get('metadata')) ?? new Map(),
  };
}

function recordOf(event: MlperfEvent): LogRecord {
  const { name, end } = (EDGE.exec(event.key)?.groups ?? {}) as Groups;
  return name === undefined || name === 'run'
    ? { kind: 'numbers', timeUs: event.timeUs, numbers: numbersOf(event) }
    : edgeOf(event, name, end === 'start' ? 'begin' : 'end');
}

function edgeOf(event: MlperfEvent, name: string, kind: LogEdge['kind']): LogEdge {
  const isStep = name === 'epoch' || name === 'block';
  const number = Number(event.metadata.get('epoch_num') ?? event.metadata.get('first_epoch_num'));
  return {
    kind,
    key: name,
    name,
    phase: PHASE_BY_NAME.get(name) ?? 'none',
    timeUs: event.timeUs,
    step: isStep ? (Number.isSafeInteger(number) && number >= 0 ? number : 0) : null,
  };
}

function numbersOf({ key, value }: MlperfEvent): LogNumber[] {
  if (key === 'eval_accuracy' || key === 'eval_error') {
    return typeof value === 'number' ? [[key, value]] : [];
  }
  const stats = key === 'tracked_stats' ? textToRecord(value) : null;
  return [...(stats ?? [])].flatMap(([name, number]): LogNumber[] =>
    typeof number === 'number' && Number.isFinite(number) ? [[name, number]] : [],
  );
}
