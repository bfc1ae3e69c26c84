export interface LabelPlace {
  readonly left: number;
  /** 0 is nearest to the axis. */
  readonly row: number;
}

/** Least room between two labels of a row, in pixels. */
const GAP_PX = 8;

/** Labels below their marks, each in the first row where it touches no other; all within `width`. */
export function placeLabels(
  labels: readonly { readonly x: number; readonly width: number }[],
  width: number,
): readonly LabelPlace[] {
  const rows: { readonly left: number; readonly right: number }[][] = [];
  return labels.map((label) => {
    const left = Math.max(0, Math.min(label.x - label.width / 2, width - label.width));
    const right = left + label.width;
    const free = rows.findIndex((row) =>
      row.every((other) => right + GAP_PX <= other.left || left >= other.right + GAP_PX),
    );
    const row = free < 0 ? rows.length : free;
    rows[row] = [...(rows.at(row) ?? []), { left, right }];
    return { left, row };
  });
}
