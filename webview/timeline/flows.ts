import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { findOnLane } from './hit-test.ts';
import type { Boxes } from './layout.ts';
import type { WindowData } from './window-data.ts';

/** From the end of what causes to the beginning of what is caused, in CSS pixels of the canvas. */
export interface FlowArrow {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** The arrows between the selection and what launches it or is launched by it, where both are drawn. */
export function layOutFlows(
  data: WindowData,
  boxes: Boxes,
  { selection, related }: SelectionDetails,
): readonly FlowArrow[] {
  const boxOf = (of: SelectionDetails['selection']) => {
    const rectangle = findOnLane(data, of);
    const at = rectangle < 0 ? -1 : boxes.index.subarray(0, boxes.length).indexOf(rectangle);
    return at < 0 ? null : boxes.bounds.subarray(at * 4, at * 4 + 4);
  };
  const own = boxOf(selection);
  return related.flatMap(({ relation, selection: other }): FlowArrow[] => {
    const isCause = relation === 'Launched by';
    const box = other !== null && (isCause || relation === 'Launches') ? boxOf(other) : null;
    if (own === null || box === null) {
      return [];
    }
    const [cause, effect] = isCause ? [box, own] : [own, box];
    return [
      {
        from: [cause[0] + cause[2], cause[1] + cause[3] / 2],
        to: [effect[0], effect[1] + effect[3] / 2],
      },
    ];
  });
}

/** A curve with a head. */
export function paintFlow(pen: CanvasRenderingContext2D, { from, to }: FlowArrow): void {
  const bend = Math.max(12, Math.abs(to[0] - from[0]) / 2);
  pen.beginPath();
  pen.moveTo(...from);
  pen.bezierCurveTo(from[0] + bend, from[1], to[0] - bend, to[1], ...to);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(...to);
  pen.lineTo(to[0] - 6, to[1] - 4);
  pen.lineTo(to[0] - 6, to[1] + 4);
  pen.fill();
}
