import { basename } from 'node:path';
import { analyzeRun } from '../core/analyze.ts';
import type { Report } from '../core/model/report.ts';
import type { Run, RunGroup } from '../core/model/run.ts';
import type { Analysis } from '../core/model/tables.ts';
import type {
  AreaRequest,
  AreaSummary,
  Selection,
  SelectionDetails,
  TimelineOverview,
  WindowRequest,
} from '../core/model/timeline.ts';
import { describeSelection } from '../core/timeline/describe-selection.ts';
import { computeOverview } from '../core/timeline/overview.ts';
import { drawWhole } from '../core/timeline/draw-whole.ts';
import { listSteps } from '../core/timeline/list-steps.ts';
import { readCounters } from '../core/timeline/read-counters.ts';
import { readWindow } from '../core/timeline/read-window.ts';
import { summarizeArea } from '../core/timeline/summarize-area.ts';
import { findBaseline, readFoundBaseline } from '../files/read-baseline.ts';
import { FollowedFiles } from '../files/followed-files.ts';
import { overlayOptions, readConfig } from '../files/read-config.ts';
import { readArguments } from '../files/read-event.ts';
import { readRun, type ReadRunOptions } from '../files/read-run.ts';
import { packCounters } from '../protocol/counter-columns.ts';
import type { SearchResult } from '../protocol/found-spans.ts';
import type { WorkerExport } from '../protocol/export-schemas.ts';
import type { RunPicture } from '../protocol/run-picture.ts';
import { packSteps } from '../protocol/step-columns.ts';
import { packWindow } from '../protocol/window-columns.ts';
import type { CacheSettings, DetectorOptions } from '../protocol/worker-api.ts';
import { type AnalysisInput, lookUp, recallReport } from './cached-run.ts';
import { Exports } from './exports.ts';
import { search, searchArea } from './search.ts';

/** Reading takes this share of the time, by experience; the analysis has the rest. */
const READING_PERCENT = 90;

/** A question that this run cannot answer. */
class NotInRun extends Error {
  override readonly name = 'NotInRun';
}

/** What is told on the way to an answer, and after it. */
export interface TableNotices {
  progressed(text: string, percent: number): void;
  drawn(picture: RunPicture): void;
  storing(): void;
  stored(problem: string | null): void;
}

interface AnalysisRequest {
  readonly group: RunGroup;
  readonly detectorOptions: DetectorOptions;
  readonly configTop: string;
  readonly toolVersion: string;
  readonly baseline: string | null;
  readonly openFolders: readonly string[];
  readonly cache: CacheSettings | null;
}

interface RunAnswer {
  readonly report: Report;
  readonly overview: TimelineOverview;
  readonly steps: ArrayBuffer;
}

/** The tables of the one run that this thread has analysed. */
export class AnalyzedTables {
  readonly #exports = new Exports();
  readonly #followed = new FollowedFiles();
  #analysis: Analysis | null = null;

  constructor(
    private readonly notices: TableNotices,
    private readonly signal: AbortSignal,
    private readonly surroundings: Pick<ReadRunOptions, 'threadScript' | 'memoryLimitMb'> = {},
  ) {}

  async analyze(request: AnalysisRequest): Promise<RunAnswer> {
    const { input, baselinePath } = await this.#settle(request);
    const { found, keep } = await lookUp(request.cache, input, this.signal);
    const { group, configTop, toolVersion, baseline, detectors } = input;
    if (found !== null) {
      const { analysis, overview, steps } = found;
      this.#analysis = analysis;
      return { report: analysis.report, overview, steps };
    }
    // Who has a picture sees it until the next answer.
    const isFirst = this.#analysis === null;
    const run = await this.#read(group, configTop);
    const analysis = analyzeRun(run, {
      ...(await readFoundBaseline(baselinePath, baseline, this.signal)),
      detectors,
      tool: { name: 'training-sleuth', version: toolVersion },
      onTables: (tables) => isFirst && this.#sendPicture(tables),
      onProgress: (stage, share) =>
        this.notices.progressed(stage, READING_PERCENT + (100 - READING_PERCENT) * share),
    });
    this.#analysis = analysis;
    const overview = computeOverview(analysis);
    const steps = packSteps(listSteps(analysis));
    if (request.cache !== null) {
      // The answer's own steps leave this thread with it.
      this.#store(keep({ analysis, overview, steps: steps.slice(0) }));
    }
    return { report: analysis.report, overview, steps };
  }

  /** The lines of the run where it was analyzed before, with these settings; null where that is not kept. */
  async recallLines(request: AnalysisRequest): Promise<Report['lines'] | null> {
    const { input } = await this.#settle(request);
    return (await recallReport(request.cache, input, this.signal))?.lines ?? null;
  }

  /** What the configuration, the settings and the baseline make of a request. */
  async #settle(
    request: AnalysisRequest,
  ): Promise<{ readonly input: AnalysisInput; readonly baselinePath: string | null }> {
    const { group, configTop, toolVersion } = request;
    const config = await readConfig(group.folder, configTop);
    const baselinePath = config.baseline ?? request.baseline;
    const baseline = await findBaseline(baselinePath, {
      files: group.files.map(({ path }) => path),
      folders: [...request.openFolders, configTop],
      signal: this.signal,
    });
    const detectors = overlayOptions(request.detectorOptions, config);
    const { memoryLimitMb } = this.surroundings;
    const input = { group, configTop, config, detectors, baseline, toolVersion, memoryLimitMb };
    return { input, baselinePath };
  }

  async #read(group: RunGroup, configTop: string): Promise<Run> {
    return await readRun(group, {
      signal: this.signal,
      configTop,
      ...this.surroundings,
      followed: this.#followed,
      onProgress: ({ file, consumedBytes, totalBytes }) =>
        this.notices.progressed(
          basename(file),
          totalBytes === 0 ? 0 : (READING_PERCENT * consumedBytes) / totalBytes,
        ),
    });
  }

  /** Goes on after the answer; an analysis that cannot be stored is an analysis all the same. */
  #store(storing: Promise<void>): void {
    this.notices.storing();
    storing.then(
      () => this.notices.stored(null),
      (error: unknown) => this.notices.stored(String(error)),
    );
  }

  /** A table that cannot be computed is told by the report; the picture is left out. */
  #sendPicture(tables: Omit<Analysis, 'report'>): void {
    try {
      const { rectangles, names, ranks, startNs, endNs } = drawWhole(tables);
      const columns = packWindow(rectangles);
      this.notices.drawn({ startNs, endNs, ranks: [...ranks], columns, names: [...names] });
    } catch {
      return;
    }
  }

  readWindow(request: WindowRequest): { columns: ArrayBuffer; names: string[] } {
    const { rectangles, names } = readWindow(this.#require(), request);
    return { columns: packWindow(rectangles), names };
  }

  readCounters(request: WindowRequest): { columns: ArrayBuffer } {
    return { columns: packCounters(readCounters(this.#require(), request)) };
  }

  findSpans(query: string): SearchResult {
    return search(this.#require(), query);
  }

  summarizeArea(request: AreaRequest): AreaSummary {
    return summarizeArea(this.#require(), request);
  }

  findInArea(request: AreaRequest & { readonly group: string }): SearchResult {
    return searchArea(this.#require(), request);
  }

  readDetails(selection: Selection): SelectionDetails {
    const details = describeSelection(this.#require(), selection);
    if (details === null) {
      throw new NotInRun(
        `the run has no ${selection.kind} ${selection.index} on rank ${selection.rank}`,
      );
    }
    return details;
  }

  async readArguments(rank: number, span: number): Promise<[string, string][]> {
    const found = this.#require().run.ranks.find((candidate) => candidate.rank === rank);
    const offset = found?.trace.spans.byteOffset[span];
    if (found === undefined || offset === undefined) {
      throw new NotInRun(`the run has no span ${span} on rank ${rank}`);
    }
    return await readArguments(found.file, offset, this.signal);
  }

  async writeExport(request: {
    readonly id: number;
    readonly path: string;
    readonly wish: WorkerExport;
  }): Promise<{ bytes: number }> {
    return { bytes: await this.#exports.write(this.#require(), request) };
  }

  cancelExport(id: number): void {
    this.#exports.cancel(id);
  }

  #require(): Analysis {
    if (this.#analysis === null) {
      throw new NotInRun('the run is not analyzed yet');
    }
    return this.#analysis;
  }
}
