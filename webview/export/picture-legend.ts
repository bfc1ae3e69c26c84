import type { Theme } from '../base/theme.ts';

const LINE_PX = 18;
const SWATCH_PX = 10;
const SWATCH_GAP_PX = 5;
const ITEM_GAP_PX = 14;

interface Item {
  /** Null where it is a note. */
  readonly color: string | null;
  readonly text: string;
}

/** The legend of the page on lines of a picture. */
export function paintLegend(
  section: HTMLElement,
  theme: Theme,
  width: number,
): { readonly height: number; readonly paint: (pen: CanvasRenderingContext2D) => void } {
  const items = itemsOf(section);
  const ruler = document.createElement('canvas').getContext('2d');
  const font = `12px ${theme.font}`;
  if (ruler !== null) {
    ruler.font = font;
  }
  let x = 0;
  let line = 0;
  const placed = items.map((item) => {
    const room =
      (item.color === null ? 0 : SWATCH_PX + SWATCH_GAP_PX) +
      (ruler?.measureText(item.text).width ?? 0);
    if (x > 0 && x + room > width) {
      x = 0;
      line++;
    }
    const place = { ...item, x, y: line * LINE_PX };
    x += room + ITEM_GAP_PX;
    return place;
  });
  return {
    height: items.length === 0 ? 0 : (line + 1) * LINE_PX,
    paint: (pen) => {
      pen.font = font;
      pen.textBaseline = 'middle';
      for (const { color, text, x: left, y } of placed) {
        if (color !== null) {
          pen.fillStyle = color;
          pen.fillRect(left, y + (LINE_PX - SWATCH_PX) / 2, SWATCH_PX, SWATCH_PX);
        }
        pen.fillStyle = color === null ? theme.muted : theme.foreground;
        const indent = color === null ? 0 : SWATCH_PX + SWATCH_GAP_PX;
        pen.fillText(text, left + indent, y + LINE_PX / 2);
      }
    },
  };
}

function itemsOf(section: HTMLElement): readonly Item[] {
  return [...section.querySelectorAll('.legend li, .legend > .muted')].map((element) => {
    const swatch = element.querySelector('.swatch');
    return {
      color: swatch === null ? null : getComputedStyle(swatch).backgroundColor,
      text: element.textContent.trim(),
    };
  });
}
