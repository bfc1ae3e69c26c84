/** Every name that `package.json` and the code share; a test compares the two. */

export const EXTENSION_NAME = 'Training Sleuth';

/** The custom editor, by default for files whose name says that they are traces. */
export const RUN_EDITOR = 'trainingSleuth.run';

/** The same editor, offered for any JSON: a view type has only one priority. */
export const ANY_RUN_EDITOR = 'trainingSleuth.anyRun';

/** The tree of runs. */
export const RUNS_VIEW = 'trainingSleuth.runs';

export const COMMANDS = {
  analyzeRun: 'trainingSleuth.analyzeRun',
  openRun: 'trainingSleuth.openRun',
  goToWorstFinding: 'trainingSleuth.goToWorstFinding',
  toggleHints: 'trainingSleuth.toggleHints',
  clearFindings: 'trainingSleuth.clearFindings',
  chooseShownRun: 'trainingSleuth.chooseShownRun',
  showLineSpans: 'trainingSleuth.showLineSpans',
  compareWithRecorded: 'trainingSleuth.compareWithRecorded',
  showLog: 'trainingSleuth.showLog',
  addRecorder: 'trainingSleuth.addRecorder',
  instrumentLoop: 'trainingSleuth.instrumentLoop',
  removeInstrumentation: 'trainingSleuth.removeInstrumentation',
  insertProfiler: 'trainingSleuth.insertProfiler',
  clearCache: 'trainingSleuth.clearCache',
  exportNsight: 'trainingSleuth.exportNsight',
  setBaseline: 'trainingSleuth.setBaseline',
  clearBaseline: 'trainingSleuth.clearBaseline',
  exportPng: 'trainingSleuth.exportPng',
  exportSvg: 'trainingSleuth.exportSvg',
  exportHtml: 'trainingSleuth.exportHtml',
  exportMarkdown: 'trainingSleuth.exportMarkdown',
  exportCsv: 'trainingSleuth.exportCsv',
  exportChrome: 'trainingSleuth.exportChrome',
} as const;

/** Commands behind links and tree items; they take arguments and are not in the palette. */
export const LINK_COMMANDS = {
  showRun: 'trainingSleuth.showRun',
  showFinding: 'trainingSleuth.showFinding',
  goToFinding: 'trainingSleuth.goToFinding',
  copyFinding: 'trainingSleuth.copyFinding',
  fixFinding: 'trainingSleuth.fixFinding',
  fixApplied: 'trainingSleuth.fixApplied',
} as const;

export const SETTINGS_SECTION = 'trainingSleuth';

/** Of all thresholds, below {@link SETTINGS_SECTION}. */
export const DETECTORS_SETTING = 'detectors';

/** What the names of the detectors' thresholds begin with: `trainingSleuth.detectors.<id>.<option>`. */
export const DETECTOR_SETTINGS = `${SETTINGS_SECTION}.${DETECTORS_SETTING}.`;

/** Names below {@link SETTINGS_SECTION}; the thresholds of detectors come from their own options. */
export const SETTINGS = {
  hintsEnabled: 'hints.enabled',
  heatEnabled: 'heat.enabled',
  heatMinimum: 'heat.minimumPercent',
  sourceMap: 'sourceMap',
  watch: 'watch.enabled',
  notices: 'notices.enabled',
  memoryLimitMb: 'memoryLimitMb',
  cacheSizeMb: 'cacheSizeMb',
  baseline: 'baseline',
} as const;

/** Colors of the bar beside lines, from barely worth a look to most of the step; themes may set them. */
export const HEAT_COLORS = {
  1: 'trainingSleuth.heat1',
  2: 'trainingSleuth.heat2',
  3: 'trainingSleuth.heat3',
  4: 'trainingSleuth.heat4',
} as const;

/** The same behind the text of a line. */
export const HEAT_BACKGROUNDS = {
  1: 'trainingSleuth.heat1Background',
  2: 'trainingSleuth.heat2Background',
  3: 'trainingSleuth.heat3Background',
  4: 'trainingSleuth.heat4Background',
} as const;

export const CONTEXT_KEYS = {
  hasRun: 'trainingSleuth.hasRun',
  hintsEnabled: 'trainingSleuth.hintsEnabled',
} as const;
