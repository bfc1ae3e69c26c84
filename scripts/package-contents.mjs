/** What the .vsix may hold: nothing else, and each of these. */
const REQUIRED = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'dist/extension.cjs',
  'dist/read-thread.js',
  'dist/worker.js',
  'dist/cli.js',
  'dist/sqlite3.wasm',
  'dist/timeline.js',
  'dist/timeline.css',
  'dist/report-host.js',
  'dist/report-host.css',
  'recorder/training_sleuth.py',
];
const ALLOWED = [
  /^dist\/shared-[A-Z0-9]+\.js$/,
  /^docs\/detectors\/[a-z-]+\.md$/,
  /^media\/[a-z-]+\.(svg|png)$/,
  /^package\.nls(\.[a-z-]+)?\.json$/,
];

/** @param {readonly string[]} files */
export function unexpectedFiles(files) {
  return files.filter(
    (file) => !REQUIRED.includes(file) && !ALLOWED.some((pattern) => pattern.test(file)),
  );
}

/** @param {readonly string[]} files */
export function missingFiles(files) {
  return REQUIRED.filter((file) => !files.includes(file));
}
