import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** The page as the extension ships it, as text. */
export async function bundlePage({ minify = false } = {}): Promise<PageBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  try {
    await build({
      entryPoints: { timeline: 'webview/main.ts' },
      outdir: folder,
      bundle: true,
      minify,
      format: 'esm',
      platform: 'browser',
      target: 'chrome128',
      logLevel: 'silent',
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { script: read('timeline.js'), style: read('timeline.css') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
