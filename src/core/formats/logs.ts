import { LOG_FORMAT } from '../model/run.ts';
import { LOG_DIALECTS } from './log-dialects/dialects.ts';
import { probeLog } from './log-lines/probe-log.ts';
import { readLog } from './log-lines/read-log.ts';
import type { Format } from './format.ts';

/** Logs with step times, of the loggers in `log-dialects`: steps without a timeline of operations. */
export const logs: Format = {
  id: LOG_FORMAT,
  title: 'Log with step times',

  recognize(head) {
    return probeLog(head, LOG_DIALECTS).sureness;
  },

  identify(head) {
    const { rank, worldSize, runName } = probeLog(head, LOG_DIALECTS);
    return { rank, worldSize, runName };
  },

  read(source, options) {
    return readLog(source, options, LOG_DIALECTS);
  },
};
