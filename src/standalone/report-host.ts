import { findingMarkdown, reportMarkdown } from '../core/export/markdown.ts';
import { chromeTrace } from '../core/export/chrome-trace.ts';
import { type EmbeddedRun, openAnalysis } from '../core/export/embed-run.ts';
import { csvOf } from '../core/export/tables.ts';
import { readLayers } from '../core/export/window-layers.ts';
import type { Analysis } from '../core/model/tables.ts';
import { describeSelection } from '../core/timeline/describe-selection.ts';
import { readCounters } from '../core/timeline/read-counters.ts';
import { readWindow } from '../core/timeline/read-window.ts';
import { summarizeArea } from '../core/timeline/summarize-area.ts';
import type { HandlersOf } from '../protocol/api.ts';
import { packCounters } from '../protocol/counter-columns.ts';
import type { ExportWish } from '../protocol/export-schemas.ts';
import { packSteps } from '../protocol/step-columns.ts';
import type { hostApi } from '../protocol/timeline-api.ts';
import { packWindow } from '../protocol/window-columns.ts';
import { search, searchArea } from '../worker/search.ts';
import { copyText, download } from './browser.ts';

const GENERATION = 1;

/** A report of layers alone has no counters. */
const NO_POINTS = readCounters(
  { run: { name: '', ranks: [] }, ranks: [] },
  { startNs: 0, endNs: 0, widthPx: 1, rows: [] },
);

/** A saved report cannot do it; the message says what can. */
class NotInReport extends Error {
  override readonly name = 'NotInReport';
}

type Handlers = HandlersOf<typeof hostApi>;

/** Asks the tables, where the report has them. */
type Ask = <T>(answer: (analysis: Analysis) => T) => Promise<T>;

interface Opened {
  readonly run: EmbeddedRun;
  /** Null where the run has only layers. */
  readonly analysis: Analysis | null;
}

/** Answers the page from what is embedded in it, in place of the editor. */
export function reportHandlers(loading: Promise<EmbeddedRun>): Handlers {
  const opening = loading.then((run): Opened => ({ run, analysis: openAnalysis(run) }));
  const ask: Ask = async (answer) => {
    const { analysis } = await opening;
    if (analysis === null) {
      throw new NotInReport(
        'The run is too large for all its spans to be in this report. Open the run itself in VS Code to ask this.',
      );
    }
    return answer(analysis);
  };
  return { ...questions(opening, ask), ...EDITOR_ONLY, ...actions(opening, ask) };
}

function questions(opening: Promise<Opened>, ask: Ask) {
  return {
    ready: () => ({ focusRank: null, state: null }),
    readRun: async () => {
      const { report, overview, steps } = (await opening).run;
      return { generation: GENERATION, report, overview, steps: packSteps(steps) };
    },
    readWindow: async (request) => {
      const { run, analysis } = await opening;
      const { rectangles, names } =
        analysis === null ? readLayers(run.layers, request) : readWindow(analysis, request);
      return { columns: packWindow(rectangles), names: [...names] };
    },
    readCounters: async (request) => {
      const { analysis } = await opening;
      const points = analysis === null ? NO_POINTS : readCounters(analysis, request);
      return { columns: packCounters(points) };
    },
    findSpans: async ({ query }) => await ask((analysis) => search(analysis, query)),
    summarizeArea: async (request) => await ask((analysis) => summarizeArea(analysis, request)),
    findInArea: async (request) => await ask((analysis) => searchArea(analysis, request)),
    readDetails: async ({ selection }) =>
      await ask((analysis) => {
        const details = describeSelection(analysis, selection);
        if (details === null) {
          throw new NotInReport('The report has no such span.');
        }
        return details;
      }),
  } satisfies Partial<Handlers>;
}

const NO_EDITOR = {
  opened: null,
  reason: 'A saved report has no editor beside it. Open the run in VS Code to go to the line.',
};

/** What needs the files of the run, or the editor. */
const EDITOR_ONLY = {
  readArguments: () => {
    throw new NotInReport(
      'Arguments are in the trace file alone. Open the run itself in VS Code to read them.',
    );
  },
  openSelection: () => NO_EDITOR,
  openFinding: () => NO_EDITOR,
  fixFinding: () => NO_EDITOR,
  keepView: () => undefined,
  showLog: () => undefined,
  analyzeAgain: () => {
    throw new NotInReport('A saved report stays as it is. Analyze the run again in VS Code.');
  },
} satisfies Partial<Handlers>;

function actions(opening: Promise<Opened>, ask: Ask) {
  return {
    openLink: ({ url }) => {
      if (/^https?:/i.test(url)) {
        window.open(url, '_blank', 'noopener,noreferrer');
      }
    },
    copyText: async ({ text }) => await copyText(text),
    copyFinding: async ({ index }) => {
      const { report } = (await opening).run;
      const finding = report.findings[index];
      if (finding !== undefined) {
        await copyText(findingMarkdown(finding, report));
      }
    },
    saveExport: async ({ wish }) => ({ saved: await saveAs(wish, (await opening).run, ask) }),
  } satisfies Partial<Handlers>;
}

/** The name of the file that the browser was given. */
async function saveAs(wish: ExportWish, { report }: EmbeddedRun, ask: Ask): Promise<string> {
  const base = report.run.name.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'run';
  switch (wish.kind) {
    case 'png':
      return download(`${base}.timeline.png`, 'image/png', [wish.picture]);
    case 'svg':
      return download(`${base}.timeline.svg`, 'image/svg+xml', [wish.picture]);
    case 'markdown':
      return download(`${base}.report.md`, 'text/markdown', [reportMarkdown(report)]);
    case 'csv':
      return await ask((analysis) =>
        download(`${base}.${wish.table}.csv`, 'text/csv', [...csvOf(wish.table, analysis)]),
      );
    case 'chrome':
      return await ask((analysis) =>
        download(`${base}.window.json`, 'application/json', [...chromeTrace(analysis, wish)]),
      );
    case 'html':
      throw new NotInReport('This is the report: save the page with your browser.');
  }
}
