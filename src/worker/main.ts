import { parentPort } from 'node:worker_threads';
import { groupRuns } from '../core/runs/group-runs.ts';
import { findRunFiles } from '../files/find-run-files.ts';
import { Channel } from '../protocol/channel.ts';
import { threadPort } from '../protocol/thread-port.ts';
import { workerApi, workerNoticeApi } from '../protocol/worker-api.ts';
import { AnalyzedTables } from './analyzed-tables.ts';
import { indexSources } from './index-sources.ts';

/** The thread is ended from outside; nothing in it is ever aborted. */
const { signal } = new AbortController();

if (parentPort !== null) {
  const tables = new AnalyzedTables((text, percent) => {
    channel.remote.progressed({ text, percent }).catch(() => undefined);
  }, signal);
  const channel = new Channel(
    threadPort(parentPort),
    workerApi,
    {
      discover: async ({ paths }) => groupRuns(await findRunFiles(paths, signal)),
      analyze: async (request) => await tables.analyze(request),
      readWindow: (request) => tables.readWindow(request),
      readDetails: ({ selection }) => tables.readDetails(selection),
      readArguments: async ({ rank, span }) => await tables.readArguments(rank, span),
      indexSources: async ({ paths }) => await indexSources(paths),
    },
    workerNoticeApi,
    () => undefined,
  );
}
