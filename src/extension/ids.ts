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
  showLog: 'trainingSleuth.showLog',
  addRecorder: 'trainingSleuth.addRecorder',
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
} as const;

export const SETTINGS_SECTION = 'trainingSleuth';

/** Of all thresholds, below {@link SETTINGS_SECTION}. */
export const DETECTORS_SETTING = 'detectors';

/** What the names of the detectors' thresholds begin with: `trainingSleuth.detectors.<id>.<option>`. */
export const DETECTOR_SETTINGS = `${SETTINGS_SECTION}.${DETECTORS_SETTING}.`;

/** Names below {@link SETTINGS_SECTION}; the thresholds of detectors come from their own options. */
export const SETTINGS = {
  hintsEnabled: 'hints.enabled',
  sourceMap: 'sourceMap',
  watch: 'watch.enabled',
  memoryLimitMb: 'memoryLimitMb',
  cacheSizeMb: 'cacheSizeMb',
  baseline: 'baseline',
} as const;

export const CONTEXT_KEYS = {
  hasRun: 'trainingSleuth.hasRun',
  hintsEnabled: 'trainingSleuth.hintsEnabled',
} as const;
