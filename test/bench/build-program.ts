import { build } from 'esbuild';

/** Bundles what is measured, minified as it is shipped: by name of the output, where it begins. */
export async function buildProgram(
  folder: string,
  entryPoints: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
    entryPoints: { ...entryPoints },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}
