import type { Phase } from '../../model/phase.ts';
import type { LogDialect, LogNumber } from '../log-lines/log-dialect.ts';
import { stampOf } from '../log-lines/log-line.ts';
import { textToRecord } from '../log-lines/text-to-record.ts';

const EVENT =
  /^\s{0,4}\[(?<time>20\d\d-\d\d-\d\dT[\d:.]{8,18})\] \[(?<process>\d{1,10})\] \[(?<id>[\w-]{1,64})\] \[(?<target>[^\]]{1,80})\] \[#?(?<name>[\w.-]{1,80})\] \[(?<kind>BEGIN|END|INSTANT)\](?<rest>.{0,16384})$/;

const PHASE_BY_NAME: ReadonlyMap<string, Phase> = new Map([
  ['save', 'checkpoint'],
  ['load', 'checkpoint'],
  ['evaluate', 'validation'],
  ['predict', 'validation'],
  ['log', 'logging'],
]);

/**
 * Events of DLRover's training event SDK, the `#step` spans of which are the steps.
 * https://github.com/intelligent-machine-learning/dlrover/tree/master/dlrover/python/training_event
 */
export const dlrover: LogDialect = {
  id: 'dlrover',
  hint: String.raw`\[(?:BEGIN|END|INSTANT)\]`,
  isOfJob: false,
  isClosed: true,
  read({ text }) {
    const event = EVENT.exec(text)?.groups;
    if (event === undefined) {
      return null;
    }
    const content = textToRecord(event['rest'].trim());
    const timeUs = stampOf(event['time']);
    if (content === null || timeUs === null) {
      return 'this event has no content or no time';
    }
    if (event['kind'] === 'INSTANT') {
      return { kind: 'numbers', timeUs, numbers: numbersOf(content) };
    }
    const step = Number(content.get('global_step'));
    const isStep = event['name'] === 'step';
    return {
      kind: event['kind'] === 'BEGIN' ? 'begin' : 'end',
      key: [event['process'], event['target'], event['name'], event['id']].join(' '),
      name: event['name'],
      phase: PHASE_BY_NAME.get(event['name']) ?? 'none',
      timeUs,
      step: isStep ? (Number.isSafeInteger(step) && step >= 0 ? step : 0) : null,
    };
  },
};

function numbersOf(content: ReadonlyMap<string, unknown>): LogNumber[] {
  return [...(textToRecord(content.get('logs')) ?? [])].flatMap(([name, value]): LogNumber[] =>
    typeof value === 'number' && Number.isFinite(value) && name !== 'step' ? [[name, value]] : [],
  );
}
