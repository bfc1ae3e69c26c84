import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { readReportProgram, type ReportProgram } from '../../src/files/report-page.ts';

/** The bundles of a saved report, as the extension ships them. */
export async function buildReportProgram(): Promise<ReportProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  const shared = {
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'chrome128',
    logLevel: 'silent',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
  } as const;
  try {
    await build({ ...shared, format: 'esm', entryPoints: { timeline: 'webview/main.ts' } });
    const entryPoints = { 'report-host': 'src/standalone/main.ts' };
    await build({ ...shared, format: 'iife', entryPoints });
    return await readReportProgram(pathToFileURL(`${folder}/`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
