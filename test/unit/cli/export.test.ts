import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/steps.mjs';
import { drawSpans, runCli } from './run-cli.ts';

describe('exports of the command line', function () {
  this.timeout(60_000);
  let folder = '';

  before(async () => {
    const bundles = ['esbuild.mjs', 'programs', 'timeline', 'report-host'];
    await promisify(execFile)(process.execPath, bundles, { cwd: root });
    folder = mkdtempSync(join(tmpdir(), 'cli-export-'));
    writeFileSync(join(folder, 'job.spans.jsonl'), drawSpans({ steps: 30, dataNs: 30e6 }));
  });

  after(() => rmSync(folder, { recursive: true }));

  it('writes the page of the run beside the report', async () => {
    const { code, out, err } = await runCli(folder, 'analyze', '.', '--html', 'run.html');
    assert.equal(code, 0, err);
    assert.match(err, /^Wrote run\.html$/m);
    assert.match(out, /waits? for data/);
    const page = readFileSync(join(folder, 'run.html'), 'utf8');
    assert.match(page, /<title>[^<]+ · Training Sleuth<\/title>/);
    assert.match(page, /default-src 'none'; script-src 'sha256-/);
    assert.doesNotMatch(page, /https?:\/\/[^"'\s]+\.(js|css|woff)/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('prints the report as Markdown', async () => {
    const { code, out } = await runCli(folder, 'analyze', '.', '--format', 'markdown');
    assert.equal(code, 0);
    assert.match(out, /^# /);
    assert.match(out, /^## Findings, by what a fix gives back$/m);
    assert.match(out, /\| Threshold \| \d+ % measured/);
  });

  it('says what to do where the page cannot be written', async () => {
    const { code, err } = await runCli(folder, 'analyze', '.', '--html', 'none/run.html');
    assert.equal(code, 74);
    assert.match(err, /none\/run\.html cannot be written: its folder does not exist/);
  });
});
