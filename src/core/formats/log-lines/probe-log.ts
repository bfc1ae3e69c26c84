import type { Head, Identity } from '../format.ts';
import { isPlainText } from '../head.ts';
import { ProblemLog } from '../trace/problem-log.ts';
import { LineSplitter } from './line-splitter.ts';
import { type DialectStreams, LogCollector } from './log-collector.ts';
import type { LogDialect } from './log-dialect.ts';

export interface LogProbe extends Identity {
  /** 0 to 1: that it is a log with step times. */
  readonly sureness: number;
}

/** Any text may have such lines, so that formats that know their files are surer. */
const SEVERAL_LINES = 0.45;
/** Too little for a file that nobody asked for by name. */
const ONE_LINE = 0.3;

const NO_LOG: LogProbe = { sureness: 0, rank: null, worldSize: null, runName: null };

/** Modest: the first lines tell, and what is JSON or no text is no log. */
export function probeLog({ bytes, isWhole }: Head, dialects: readonly LogDialect[]): LogProbe {
  if (!isPlainText(bytes)) {
    return NO_LOG;
  }
  const collector = new LogCollector(dialects, new ProblemLog());
  const splitter = new LineSplitter((line, offset, isEnded) => {
    if (isEnded || isWhole) {
      collector.take(line, offset, isEnded);
    }
  });
  splitter.push(bytes);
  splitter.finish();
  const all = collector.finish();
  const ranks = new Set(all.flatMap(({ byRank }) => [...byRank.keys()]));
  const [rank] = ranks;
  const ofJob = all.find(({ dialect }) => dialect.isOfJob);
  const count = collector.eventCount;
  return {
    sureness: count > 1 ? SEVERAL_LINES : count > 0 ? ONE_LINE : 0,
    rank: ranks.size === 1 && rank >= 0 ? rank : ofJob === undefined ? null : 0,
    worldSize: null,
    runName: ofJob === undefined ? null : nameOf(ofJob),
  };
}

/** Runs of the same name are told apart by when they began. */
function nameOf({ dialect, byRank }: DialectStreams): string | null {
  const firstUs = [...byRank.values()].flatMap((stream) => stream.firstUs ?? []).at(0);
  return firstUs === undefined
    ? null
    : `${dialect.id} of ${new Date(firstUs / 1e3).toISOString().slice(0, 19).replace('T', ' ')}`;
}
