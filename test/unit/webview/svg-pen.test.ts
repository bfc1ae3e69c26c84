import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsOfPixels } from '../../../webview/export/pixel-runs.ts';
import { SvgPen } from '../../../webview/export/svg-pen.ts';
import { escapeXml } from '../../../webview/export/svg-text.ts';

const TOOLS = {
  measure: (_: string, text: string) => ({ width: text.length * 6 }) as TextMetrics,
  pixelsOf: () => ({ data: new Uint8ClampedArray(), width: 0 }) as unknown as ImageData,
};

describe('the pen that writes SVG', () => {
  it('knows all that the paint code of the timeline uses of a canvas', () => {
    const folder = join(import.meta.dirname, '../../../webview');
    const files = readdirSync(join(folder, 'timeline')).map((name) =>
      join(folder, 'timeline', name),
    );
    const sources = [...files, join(folder, 'base/pen.ts'), join(folder, 'base/strips.ts')];
    const used = new Set<string>();
    for (const path of sources.filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(path, 'utf8');
      for (const [, member] of text.matchAll(/\b(?:pen|context)\.([a-zA-Z]+)/g)) {
        used.add(member);
      }
    }
    const pen = new SvgPen(TOOLS);
    const missing = [...used].filter((name) => isOfCanvas(name) && !(name in pen));
    assert.ok(used.has('fillRect') && used.has('roundRect') && used.has('bezierCurveTo'));
    assert.deepEqual(missing, []);
  });

  /** Members of a canvas; the paint code calls other things `context` too. */
  function isOfCanvas(name: string): boolean {
    return /^(fill|stroke|begin|close|move|line|bezier|quadratic|arc|ellipse|rect|round|clip|save|restore|translate|scale|rotate|transform|setTransform|getTransform|setLineDash|measureText|createLinear|drawImage|shadow|globalAlpha|globalComposite|font|text[A-Z]|letterSpacing|direction|filter|miter|imageSmoothing|clear)/.test(
      name,
    );
  }

  it('draws boxes, paths, text and clips where a canvas would', () => {
    const pen = new SvgPen(TOOLS);
    pen.translate(10, 20);
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, 50, 40);
    pen.clip();
    pen.fillStyle = '#ff0000';
    pen.globalAlpha = 0.5;
    pen.fillRect(1, 2, 3, 4);
    pen.restore();
    pen.fillRect(0, 0, -5, 5);
    pen.font = '600 12px "A & B", serif';
    pen.textBaseline = 'alphabetic';
    pen.fillText('a<b> & "c"', 1, 2);
    const text = pen.finish(100, 80, 'x < y');
    assert.ok(text.includes('<title>x &lt; y</title>'));
    assert.ok(
      text.includes('<rect x="11" y="22" width="3" height="4" fill="#ff0000" fill-opacity="0.5"/>'),
    );
    assert.ok(text.includes('<rect x="5" y="20" width="5" height="5" fill="#000000"/>'), text);
    assert.ok(
      text.includes('font-family="&quot;A &amp; B&quot;, serif" font-size="12" font-weight="600"'),
    );
    assert.ok(text.includes('>a&lt;b&gt; &amp; &quot;c&quot;</text>'));
    assert.ok(text.includes('<clipPath id="clip1"><path d="M10 20h50v40h-50Z"/></clipPath>'));
    assert.equal(text.split('<g ').length, text.split('</g>').length);
  });

  it('writes lines of pixels as boxes of one color each', () => {
    const pixels = [
      [255, 0, 0, 255],
      [255, 0, 0, 255],
      [0, 0, 0, 0],
      [0, 0, 255, 128],
    ];
    const data = Uint8ClampedArray.from(pixels.flat());
    assert.deepEqual(runsOfPixels({ data, width: 4 }), [
      { from: 0, to: 2, color: 'fill="#ff0000"' },
      { from: 3, to: 4, color: 'fill="#0000ff" fill-opacity="0.5"' },
    ]);
  });

  it('lets no text be markup, nor a character that XML does not have', () => {
    assert.equal(
      escapeXml('</text><script>&"\u0000\ud800'),
      '&lt;/text&gt;&lt;script&gt;&amp;&quot;\ufffd\ufffd',
    );
  });
});
