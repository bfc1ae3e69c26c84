/** Who may import whom: an allow-list, one line a layer. */
const inside = (from, ...to) => ({
  from: { path: `^${from}/` },
  to: { path: [from, ...to].map((folder) => `^${folder}/`) },
});
const packages = (from, ...names) => ({
  from: { path: `^${from}/` },
  to: {
    path: names.flatMap((name) => [
      `^${name}$`,
      `^node_modules/${name}/`,
      `^node_modules/@types/${name}/`,
    ]),
  },
});
const node = (from) => ({ from: { path: `^${from}/` }, to: { dependencyTypes: ['core'] } });
const declared = (from) => ({
  from: { path: `^${from}/` },
  to: { dependencyTypes: ['npm', 'npm-dev'] },
});

module.exports = {
  allowed: [
    inside('src/base'),
    inside('src/core/model', 'src/base'),
    inside('src/core/formats', 'src/core/model', 'src/base'),
    packages('src/core/formats', 'hyparquet', 'pbf'),
    inside('src/core/runs', 'src/core/model', 'src/base'),
    inside('src/core/derived', 'src/core/model', 'src/base'),
    inside('src/core/timeline', 'src/core/model', 'src/core/derived', 'src/base'),
    {
      from: { path: '^src/core/timeline/' },
      to: { path: '^src/core/report/(identify-spans|line-identity)\\.ts$' },
    },
    inside('src/core/source', 'src/core/model', 'src/base'),
    inside('src/core/live', 'src/core/model', 'src/base'),
    inside(
      'src/core/hints',
      'src/core/model',
      'src/core/derived',
      'src/core/report',
      'src/core/source',
      'src/base',
    ),
    inside(
      'src/core/export',
      'src/core/model',
      'src/core/derived',
      'src/core/timeline',
      'src/base',
    ),
    packages('src/core/source', '@lezer/python', '@lezer/common', 'diff'),
    {
      from: { path: '^src/core/detectors/' },
      to: { path: ['^src/core/(model|derived)/', '^src/base/'] },
    },
    {
      from: { path: '^src/core/detectors/[^/]+$' },
      to: {
        path: '^src/core/detectors/(detector|finding-draft|hang-drafts|host-stall-draft|late-rank-cause|late-rank-losses|late-rank-wording|service-stall-draft)\\.ts$',
      },
    },
    {
      from: { path: '^src/core/detectors/(registry|run-detectors)\\.ts$' },
      to: { path: '^src/core/detectors/' },
    },
    { from: { path: '^src/core/[^/]+$' }, to: { path: ['^src/core/', '^src/base/'] } },
    { from: { path: '^src/core/report/' }, to: { path: ['^src/core/', '^src/base/'] } },
    inside('src/protocol', 'src/base', 'src/core/model'),
    packages('src/protocol', 'zod'),
    inside('src/files', 'src/base', 'src/core'),
    node('src/files'),
    packages('src/files', '@sqlite.org/sqlite-wasm', 'fzstd', 'zod'),
    inside('src/worker', 'src/base', 'src/core', 'src/protocol', 'src/files'),
    node('src/worker'),
    inside('src/standalone', 'src/base', 'src/core', 'src/protocol'),
    { from: { path: '^src/standalone/' }, to: { path: '^src/worker/search\.ts$' } },
    packages('src/standalone', 'zod'),
    inside('src/simulator', 'src/base'),
    inside('src/cli', 'src/base', 'src/core', 'src/files', 'src/simulator'),
    node('src/cli'),
    inside('src/extension', 'src/base', 'src/core', 'src/protocol', 'src/files'),
    node('src/extension'),
    packages('src/extension', 'vscode', 'zod'),
    inside('webview', 'src/base', 'src/core/model', 'src/protocol'),
    packages('webview', 'd3[a-z-]*', 'zod', '@vscode/webview-ui-toolkit'),
    inside('test', 'src', 'webview', 'scripts'),
    { from: { path: '^test/' }, to: { path: '^esbuild\\.mjs$' } },
    node('test'),
    declared('test'),
    // Its manifest names files by a pattern, which is not resolved here.
    { from: { path: '^test/bench/' }, to: { path: '^stream-json/' } },
  ],
  allowedSeverity: 'error',
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: { path: '^(src|webview)/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        pathNot: '^vscode$',
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^scripts/', '^esbuild\\.mjs$'] },
    exclude: { path: '\\.css$' },
  },
};
