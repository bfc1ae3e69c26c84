import { DisposableStore } from '../../src/base/lifetime.ts';
import type { ExplainedStep } from '../../src/core/model/timeline.ts';
import { h } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { moveTo } from '../timeline/move-to.ts';
import { heightOf, layOutExplained, pieceAt } from './layout.ts';
import { paintExplained, pieceTexts } from './paint.ts';

/** One typical step: why the device is idle is seen from what the host does above it. */
export function mountExplainedStep(context: PageContext, step: ExplainedStep): View {
  const owned = new DisposableStore();
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'explained-canvas', (pen, { width }, theme) =>
      paintExplained(pen, step, width, theme),
    ),
  );
  const { canvas } = surface;
  canvas.style.height = `${heightOf(step)}px`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', describeStep(step));
  const hovered = ({ offsetX, offsetY }: MouseEvent) =>
    pieceAt(layOutExplained(step, surface.size.width).rows, offsetX, offsetY);
  canvas.addEventListener('pointermove', (event) => {
    const piece = hovered(event);
    canvas.title =
      piece === undefined
        ? ''
        : `${pieceTexts(piece, step.durationNs)[0]}, ${formatDuration(piece.durationNs)}`;
  });
  const showStep = () =>
    moveTo(context, frameInterval(step.startNs, step.durationNs, 0.05), context.run.overview);
  canvas.addEventListener('click', (event) => {
    const piece = hovered(event);
    if (piece === undefined) {
      showStep();
    } else {
      moveTo(context, frameInterval(piece.startNs, piece.durationNs), context.run.overview);
    }
  });
  const element = h(
    'div',
    { class: 'explained' },
    h(
      'h3',
      { class: 'panel-title' },
      'One step, explained ',
      h(
        'button',
        { type: 'button', class: 'link quiet', click: showStep },
        `step ${step.step}, the typical one · rank ${step.rank}`,
      ),
    ),
    canvas,
  );
  return { element, dispose: () => owned.dispose() };
}

function describeStep(step: ExplainedStep): string {
  const words = (name: string, pieces: ExplainedStep['host']) =>
    pieces.length === 0
      ? ''
      : `${name}: ${pieces
          .filter(({ durationNs }) => durationNs > step.durationNs / 50)
          .map(
            (piece) =>
              `${piece.cause === null ? '' : 'idle, '}${piece.label} ${formatDuration(piece.durationNs)}`,
          )
          .join('; ')}. `;
  return `Step ${step.step} of rank ${step.rank}, ${formatDuration(step.durationNs)}. ${words('Host', step.host)}${words('Device', step.device)}`;
}
