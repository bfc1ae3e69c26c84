import assert from 'node:assert/strict';
import {
  type Color,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
} from 'culori';
import { CAUSE_COLORS, HEAT_COLORS, PHASE_COLORS } from '../../../webview/base/palette.ts';

/** A difference of 1 is just seen side by side. */
const MIN_DIFFERENCE = 9.5;
/** Of Dark Modern and of the light themes, where panels are drawn. */
const DARK_PANEL = '#181818';
const LIGHT_PANEL = '#f8f8f8';

const VISIONS: Readonly<Record<string, (color: Color) => Color>> = {
  'full color vision': (color) => color,
  deuteranopia: filterDeficiencyDeuter(1),
  protanopia: filterDeficiencyProt(1),
  tritanopia: filterDeficiencyTrit(1),
};

function colorOf(hex: string): Color {
  const color = parse(hex);
  assert.ok(color !== undefined, hex);
  return color;
}

function closest(colors: readonly string[], see: (color: Color) => Color) {
  const differenceOf = differenceCiede2000();
  const seen = colors.map((hex) => see(colorOf(hex)));
  return colors
    .flatMap((a, i) =>
      colors.slice(i + 1).map((b, j) => ({
        pair: `${a} and ${b}`,
        difference: differenceOf(seen[i], seen[i + 1 + j]),
      })),
    )
    .reduce((least, other) => (other.difference < least.difference ? other : least));
}

describe('the palette', () => {
  for (const [vision, see] of Object.entries(VISIONS)) {
    it(`has colors that are told apart with ${vision}`, () => {
      const all = [...new Set([...Object.values(PHASE_COLORS), ...Object.values(CAUSE_COLORS)])];
      const { pair, difference } = closest(all, see);
      assert.ok(difference >= MIN_DIFFERENCE, `${pair}: ${difference.toFixed(1)}`);
      assert.ok(closest(HEAT_COLORS, see).difference >= 2 * MIN_DIFFERENCE);
    });
  }

  it('would be refused with the greens and reds that many charts use', () => {
    const { difference } = closest(['#2ca02c', '#d62728'], VISIONS['deuteranopia']);
    assert.ok(difference < 2 * MIN_DIFFERENCE, difference.toFixed(1));
    assert.ok(closest(['#b49be0', '#56b4e9'], VISIONS['protanopia']).difference < MIN_DIFFERENCE);
  });

  it('stands out from the ground of dark themes and is seen on that of light ones', () => {
    for (const [phase, color] of Object.entries(PHASE_COLORS)) {
      assert.ok(wcagContrast(color, DARK_PANEL) >= 3, `${phase} on dark`);
      assert.ok(wcagContrast(color, LIGHT_PANEL) >= 1.2, `${phase} on light`);
    }
  });
});
