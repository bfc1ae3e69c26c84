import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { findingMarkdown, reportMarkdown } from '../../../src/core/export/markdown.ts';
import { code, escapeText } from '../../../src/core/export/markdown-text.ts';
import { drawRun } from '../../support/draw-run.ts';

const STEP = `
  main      DDDDDDF--l-B--l--O-
  stream 7            K--  K---
`;

describe('findings as Markdown', () => {
  const { report } = analyzeRun(drawRun([STEP], { steps: 12 }), {
    tool: { name: 'training-sleuth', version: '1.2.3' },
  });

  it('say what, how much, on what it rests, what to do, how it was computed and by which version', () => {
    const [finding] = report.findings;
    const text = findingMarkdown(finding, report);
    assert.ok(text.startsWith(`## ${finding.title}\n`), text);
    assert.ok(text.includes(finding.why));
    assert.match(text, /\| Saves up to \| \d+(\.\d)?\s% of the mean step, /);
    assert.ok(text.includes(`reported from`) && text.includes(`\`${finding.threshold.name}\``));
    const rows = text.split('### Evidence')[1].split('\n\n')[1].split('\n');
    assert.equal(rows.length, 2 + Math.min(20, finding.evidence.length));
    for (const { text: advice } of finding.advice) {
      assert.ok(text.includes(escapeText(advice)));
    }
    assert.ok(text.includes(escapeText(finding.savingHow)));
    assert.ok(text.includes('Training Sleuth 1.2.3'));
  });

  it('stand in the report one after the other, below the verdict', () => {
    const text = reportMarkdown(report);
    assert.ok(text.includes(`**${escapeText(report.verdict.text)}**`));
    const titles = [...text.matchAll(/^### \d+\. (.*)$/gm)].map(([, title]) => title);
    assert.deepEqual(
      titles,
      report.findings.map(({ title }) => escapeText(title)),
    );
    assert.doesNotMatch(text, /undefined|NaN|\[object/);
  });

  it('show text of a trace as it is: no markup, no HTML, nobody mentioned', () => {
    assert.equal(escapeText('<img src=x> *a* [b](c)'), '\\<img src=x\\> \\*a\\* \\[b\\](c)');
    assert.doesNotMatch(escapeText('ask @octocat'), /@o/);
    assert.match(escapeText('a@b.c'), /a@b/);
    assert.doesNotMatch(escapeText('# head'), /^#/);
    assert.equal(escapeText('two\n\nparagraphs'), 'two paragraphs');
    assert.equal(code('a|b'), '`a\\|b`');
    assert.equal(code('a`b``c'), '```a`b``c```');
    assert.equal(code('`x`'), '`` `x` ``');
    assert.ok(code('x'.repeat(5_000)).length < 200);
  });
});
