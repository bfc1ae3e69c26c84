/**
 * Bundles the program into dist/.
 * `node esbuild.mjs [NAME…] [--minify] [--watch] [--tests]`; without names every bundle but the tests.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, context } from 'esbuild';

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const minify = flags.has('--minify');

const shared = {
  bundle: true,
  minify,
  sourcemap: !minify,
  legalComments: 'none',
  logLevel: 'silent',
  define: { 'process.env.NODE_ENV': '"production"' },
};
const node = { ...shared, platform: 'node', target: 'node20' };
const insideVsCode = { ...node, format: 'cjs', external: ['vscode', 'mocha'] };

const bundles = {
  extension: {
    ...insideVsCode,
    entryPoints: ['src/extension/main.ts'],
    outfile: 'dist/extension.cjs',
  },
  /** What they have in common is in files of its own, beside them. */
  programs: {
    ...node,
    format: 'esm',
    splitting: true,
    metafile: true,
    entryPoints: {
      worker: 'src/worker/main.ts',
      'read-thread': 'src/files/read-thread.ts',
      cli: 'src/cli/main.ts',
    },
    chunkNames: 'shared-[hash]',
    outdir: 'dist',
  },
  /** A classic script: it must have run before the page's module. */
  'report-host': {
    ...shared,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    entryPoints: { 'report-host': 'src/standalone/main.ts' },
    outdir: 'dist',
  },
  timeline: {
    ...shared,
    platform: 'browser',
    target: 'chrome128',
    format: 'esm',
    entryPoints: { timeline: 'webview/main.ts' },
    outdir: 'dist',
  },
};

/** The suite that runs inside VS Code: a runner, and one bundle for each test file that it finds. */
async function testBundles() {
  await rm('dist/test-host', { recursive: true, force: true });
  const found = existsSync('test/host') ? await readdir('test/host', { recursive: true }) : [];
  const files = found
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test/host', name));
  return {
    'test-host': {
      ...insideVsCode,
      entryPoints: ['test/host/main.ts'],
      outfile: 'dist/test-host.cjs',
    },
    'test-host-files': {
      ...insideVsCode,
      entryPoints: files.sort(),
      outbase: 'test/host',
      outdir: 'dist/test-host',
      outExtension: { '.js': '.cjs' },
    },
  };
}

/** Prints what the problem matcher of .vscode/tasks.json reads. */
const report = {
  name: 'report',
  setup({ onStart, onEnd }) {
    onStart(() => {
      if (flags.has('--watch')) {
        console.log('[watch] build started');
      }
    });
    onEnd(({ errors, warnings }) => {
      for (const [kind, messages] of Object.entries({ ERROR: errors, WARNING: warnings })) {
        for (const { text, location } of messages) {
          console.error(`✘ [${kind}] ${text}`);
          if (location !== null) {
            console.error(`    ${location.file}:${location.line}:${location.column}:`);
          }
        }
      }
      if (flags.has('--watch')) {
        console.log('[watch] build finished');
      }
    });
  },
};

/** Shared files are named by what is in them: those of earlier builds are nobody's. */
async function removeOldShared({ metafile }) {
  const current = Object.keys(metafile.outputs).map((path) => basename(path));
  const old = (await readdir('dist')).filter(
    (name) => name.startsWith('shared-') && !current.includes(name),
  );
  await Promise.all(old.map((name) => rm(join('dist', name))));
}

/** SQLite looks for its code beside the bundle that loads it. */
async function copySqlite() {
  const from = createRequire(import.meta.url).resolve('@sqlite.org/sqlite-wasm/sqlite3.wasm');
  await mkdir('dist', { recursive: true });
  await copyFile(from, 'dist/sqlite3.wasm');
}

function select(known) {
  const unknown = names.filter((name) => !(name in known));
  if (unknown.length > 0) {
    const list = Object.keys(known).join(', ');
    throw new Error(`there is no bundle ${unknown.join(', ')}; the bundles are ${list}`);
  }
  const chosen = names.length > 0 ? names : Object.keys(known);
  return chosen.map((name) => ({ ...known[name], plugins: [report] }));
}

async function watch(options) {
  for (const one of options) {
    await (await context(one)).watch();
  }
}

const all = flags.has('--tests') ? { ...bundles, ...(await testBundles()) } : bundles;
const selected = select(all);
await copySqlite();
if (flags.has('--watch')) {
  await watch(selected);
} else {
  const results = await Promise.allSettled(selected.map((options) => build(options)));
  if (results.some(({ status }) => status === 'rejected')) {
    process.exitCode = 1;
  }
  const programs = results.find(({ value }) => value?.metafile !== undefined);
  if (programs !== undefined) {
    await removeOldShared(programs.value);
    await chmod('dist/cli.js', 0o755);
  }
}
