import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { embedRun } from '../core/export/embed-run.ts';
import { packEmbedded } from '../core/export/embedded-bytes.ts';
import type { Analysis } from '../core/model/tables.ts';

/** The bundles that a report is made of. */
export interface ReportProgram {
  /** The page of the run editor. */
  readonly page: string;
  /** What answers the page in place of the editor. */
  readonly host: string;
  readonly styles: readonly string[];
}

/** The code cannot be put into a page as it is. */
class UnsafeProgram extends Error {
  override readonly name = 'UnsafeProgram';
}

/** From the folder that holds the bundles. */
export async function readReportProgram(folder: URL): Promise<ReportProgram> {
  const read = async (name: string) => await readFile(new URL(name, folder), 'utf8');
  return {
    page: await read('timeline.js'),
    host: await read('report-host.js'),
    styles: [await read('report-host.css'), await read('timeline.css')],
  };
}

/** A run as one page that needs nothing else, in pieces of text. */
export async function reportPage(
  analysis: Analysis,
  program: ReportProgram,
  maxSpans?: number,
): Promise<readonly string[]> {
  const bytes = Buffer.concat(packEmbedded(embedRun(analysis, maxSpans)));
  const packed = await promisify(gzip)(bytes);
  const style = checked(program.styles.join('\n'), 'style');
  const host = checked(withoutMap(program.host), 'script');
  const page = checked(withoutMap(program.page), 'script');
  const nonce = digest(packed).slice(0, 22);
  const policy = [
    `default-src 'none'`,
    `script-src 'sha256-${digest(host)}' 'sha256-${digest(page)}'`,
    `style-src 'nonce-${nonce}'`,
    `img-src data: blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(analysis.report.run.name)} · Training Sleuth</title>
<style nonce="${nonce}">`,
    style,
    `</style>
</head>
<body>
<noscript>This report is drawn by the scripts within it: allow them, or read the report of “training-sleuth analyze”.</noscript>
<main id="app"></main>
<script type="application/octet-stream" id="run-data">`,
    packed.toString('base64'),
    `</script>
<script nonce="${nonce}">`,
    host,
    `</script>
<script type="module">`,
    page,
    `</script>
</body>
</html>
`,
  ];
}

/** Nothing in the code may end its element, or begin another. */
function checked(code: string, element: 'script' | 'style'): string {
  if (new RegExp(`</?${element}`, 'i').test(code)) {
    throw new UnsafeProgram(`a bundle of the report holds a ${element} tag`);
  }
  return code;
}

function withoutMap(code: string): string {
  return code.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n');
}

function digest(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('base64');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
