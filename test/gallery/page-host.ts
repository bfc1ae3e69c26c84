import type { Analysis } from '../../src/core/model/tables.ts';
import { describeSelection } from '../../src/core/timeline/describe-selection.ts';
import { computeOverview } from '../../src/core/timeline/overview.ts';
import { listSteps } from '../../src/core/timeline/list-steps.ts';
import { readCounters } from '../../src/core/timeline/read-counters.ts';
import { readWindow } from '../../src/core/timeline/read-window.ts';
import { summarizeArea } from '../../src/core/timeline/summarize-area.ts';
import type { HandlersOf } from '../../src/protocol/api.ts';
import { Channel, type Port } from '../../src/protocol/channel.ts';
import type { ExportWish } from '../../src/protocol/export-schemas.ts';
import { hostApi, viewApi } from '../../src/protocol/timeline-api.ts';
import { packCounters } from '../../src/protocol/counter-columns.ts';
import { packSteps } from '../../src/protocol/step-columns.ts';
import { packWindow } from '../../src/protocol/window-columns.ts';
import { search, searchArea } from '../../src/worker/search.ts';

/** What the page asked the editor to do, in order. */
export type HostCall = readonly [method: string, ...details: unknown[]];

export interface PageHostOptions {
  readonly focusRank?: number;
  /** What was kept of the view when the run was closed. */
  readonly keptView?: unknown;
  /** Thrown in place of the run. */
  readonly failure?: string;
  /** Progress told while the run is awaited, which then never comes. */
  readonly progress?: { readonly text: string; readonly percent: number };
}

/** Stands in for the extension: answers the page from a real analysis, and remembers what it was asked. */
export class PageHost {
  readonly calls: HostCall[] = [];
  /** How often the page has asked for the run. */
  runReads = 0;
  /** Thrown in place of the run. */
  failure: string | null;
  /** Counts up when the files are said to have changed. */
  generation = 1;
  /** What analyzing again ends with; null succeeds. */
  refusal: string | null = null;
  /** What the page wanted saved, in order. */
  readonly wishes: ExportWish[] = [];
  /** What the page asked to keep of the view, last. */
  keptView: unknown = null;
  readonly channel: Channel<typeof hostApi, typeof viewApi>;

  constructor(
    port: Port,
    private readonly analysis: Analysis | null,
    private readonly options: PageHostOptions = {},
  ) {
    this.failure = options.failure ?? null;
    this.channel = new Channel(port, hostApi, this.#handlers(), viewApi, () => undefined);
  }

  #handlers(): HandlersOf<typeof hostApi> {
    const note = (...call: HostCall) => this.calls.push(call);
    return {
      ready: () => ({
        focusRank: this.options.focusRank ?? null,
        state: this.options.keptView ?? null,
      }),
      readRun: async () => await this.#readRun(),
      readWindow: (request) => {
        note('readWindow');
        const { rectangles, names } = readWindow(this.#require(), request);
        return { columns: packWindow(rectangles), names };
      },
      readCounters: (request) => {
        note('readCounters');
        return { columns: packCounters(readCounters(this.#require(), request)) };
      },
      findSpans: ({ query }) => search(this.#require(), query),
      summarizeArea: (request) => summarizeArea(this.#require(), request),
      findInArea: (request) => searchArea(this.#require(), request),
      readDetails: ({ selection }) => {
        const details = describeSelection(this.#require(), selection);
        if (details === null) {
          throw new Error('there is no such span');
        }
        return details;
      },
      readArguments: () => [['Input Dims', '[[8, 3, 224, 224]]']],
      openSelection: ({ selection }) => {
        note('openSelection', selection);
        return { opened: 'train.py:1', reason: '' };
      },
      fixFinding: ({ index }) => {
        note('fixFinding', index);
        return { opened: 'train.py:1', reason: '' };
      },
      openFinding: ({ index }) => {
        note('openFinding', index);
        return { opened: 'train.py:1', reason: '' };
      },
      saveExport: ({ wish }) => {
        note('saveExport', wish.kind);
        this.wishes.push(wish);
        return { saved: `run.${wish.kind}` };
      },
      copyFinding: ({ index }) => {
        note('copyFinding', index);
      },
      keepView: ({ state }) => {
        this.keptView = state;
      },
      openLink: ({ url }) => {
        note('openLink', url);
      },
      copyText: ({ text }) => {
        note('copyText', text);
      },
      showLog: () => {
        note('showLog');
      },
      analyzeAgain: () => {
        note('analyzeAgain');
        if (this.refusal !== null) {
          throw new Error(this.refusal);
        }
      },
    };
  }

  async #readRun() {
    this.runReads += 1;
    const { progress } = this.options;
    if (progress !== undefined) {
      await this.channel.remote.statusChanged({ status: { kind: 'analyzing', ...progress } });
      return await new Promise<never>(() => undefined);
    }
    if (this.failure !== null) {
      throw new Error(this.failure);
    }
    const analysis = this.#require();
    return {
      generation: this.generation,
      report: analysis.report,
      overview: computeOverview(analysis),
      steps: packSteps(listSteps(analysis)),
    };
  }

  #require(): Analysis {
    if (this.analysis === null) {
      throw new Error('this story has no run');
    }
    return this.analysis;
  }
}
