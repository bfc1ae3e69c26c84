import { parentPort, resourceLimits } from 'node:worker_threads';
import { Channel } from '../protocol/channel.ts';
import { threadPort } from '../protocol/thread-port.ts';
import { workerApi, workerNoticeApi } from '../protocol/worker-api.ts';
import { AnalyzedTables } from './analyzed-tables.ts';
import { discover } from './discover.ts';
import { indexLoops } from './index-loops.ts';
import { indexCode, indexSources } from './index-sources.ts';

/** People see ten changes a second at most. */
const PROGRESS_INTERVAL_MS = 100;

/** The thread is ended from outside; nothing in it is ever aborted. */
const { signal } = new AbortController();

if (parentPort !== null) {
  let toldAtMs = -Infinity;
  const tables = new AnalyzedTables(
    {
      progressed: (text, percent) => {
        if (performance.now() - toldAtMs >= PROGRESS_INTERVAL_MS) {
          toldAtMs = performance.now();
          channel.remote.progressed({ text, percent }).catch(() => undefined);
        }
      },
      drawn: (picture) => void channel.remote.drawn(picture).catch(() => undefined),
      storing: () => void channel.remote.storing({}).catch(() => undefined),
      stored: (problem) => void channel.remote.stored({ problem }).catch(() => undefined),
    },
    signal,
    {
      threadScript: new URL('./read-thread.js', import.meta.url),
      memoryLimitMb: resourceLimits.maxOldGenerationSizeMb,
    },
  );
  const channel = new Channel(
    threadPort(parentPort),
    workerApi,
    {
      discover: async ({ paths, named }) => await discover(paths, named, signal),
      analyze: async (request) => await tables.analyze(request),
      recallLines: async (request) => (await tables.recallLines(request))?.slice() ?? null,
      readWindow: (request) => tables.readWindow(request),
      readCounters: (request) => tables.readCounters(request),
      findSpans: ({ query }) => tables.findSpans(query),
      summarizeArea: (request) => tables.summarizeArea(request),
      findInArea: (request) => tables.findInArea(request),
      readDetails: ({ selection }) => tables.readDetails(selection),
      readArguments: async ({ rank, span }) => await tables.readArguments(rank, span),
      writeExport: async (request) => await tables.writeExport(request),
      cancelExport: ({ id }) => tables.cancelExport(id),
      indexLoops: async ({ paths }) => await indexLoops(paths),
      indexSources: async ({ paths }) => await indexSources(paths),
      indexCode: async ({ path }) => await indexCode(path),
    },
    workerNoticeApi,
    () => undefined,
  );
}
