import { DisposableStore } from '../../src/base/lifetime.ts';
import type { ExplainedStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { h } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { goToStep } from '../steps/go-to-step.ts';
import { moveToRank } from '../timeline/move-to.ts';
import { describeLonger } from './describe-longer.ts';
import './explained.css';
import { AXIS_HEIGHT, layOutExplained, pieceAt } from './layout.ts';
import { longerSlices } from './longer-slices.ts';
import { paintAxis, paintExplained, pieceTexts } from './paint.ts';

/** How a step is shown: `scaleNs` ends the axis of all of them. */
interface Place {
  readonly scaleNs: Nanoseconds;
  readonly markNs: Nanoseconds | null;
}

/**
 * The typical step and, where there is one, a slow step below it on the same scale: why the device is idle is
 * seen from what the host does above it, and what is longer from what stands over it.
 */
export function mountExplainedSteps(
  context: PageContext,
  typical: ExplainedStep,
  slow: ExplainedStep | null,
): View {
  const owned = new DisposableStore();
  const scaleNs = Math.max(typical.durationNs, slow?.durationNs ?? 0);
  const axis = owned.add(
    new Surface(context.frames, context.themes, 'explained-axis', (pen, { width }, theme) =>
      paintAxis(pen, { width, scaleNs }, theme),
    ),
  );
  axis.canvas.style.height = `${AXIS_HEIGHT}px`;
  axis.canvas.setAttribute('aria-hidden', 'true');
  const place = { scaleNs, markNs: null };
  const element = h(
    'div',
    { class: 'explained' },
    h('h3', { class: 'panel-title' }, 'One step, explained'),
    renderTitle(context, typical, { kind: 'typical (p50)', more: '' }),
    renderPicture(context, typical, place, owned),
    ...(slow === null
      ? []
      : [
          renderTitle(context, slow, {
            kind: 'slow (p95)',
            more: describeLonger(longerSlices(typical, slow)),
          }),
          renderPicture(context, slow, { scaleNs, markNs: typical.durationNs }, owned),
        ]),
    axis.canvas,
  );
  return { element, dispose: () => owned.dispose() };
}

function renderTitle(
  context: PageContext,
  step: ExplainedStep,
  { kind, more }: { kind: string; more: string },
): HTMLElement {
  return h(
    'p',
    { class: 'explained-title' },
    h('strong', {}, formatDuration(step.durationNs)),
    ' ',
    h(
      'button',
      {
        type: 'button',
        class: 'link quiet',
        click: () => goToStep(context, step),
      },
      `step ${step.step} of rank ${step.rank}, ${kind}`,
    ),
    more === '' ? null : h('span', { class: 'explained-more' }, more),
  );
}

function renderPicture(
  context: PageContext,
  step: ExplainedStep,
  place: Place,
  owned: DisposableStore,
): HTMLElement {
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'explained-canvas', (pen, { width }, theme) =>
      paintExplained(pen, step, { ...place, width }, theme),
    ),
  );
  const { canvas } = surface;
  canvas.style.height = `${layOutExplained(step, 0, place.scaleNs).height}px`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', describePieces(step));
  const hovered = ({ offsetX, offsetY }: MouseEvent) =>
    pieceAt(layOutExplained(step, surface.size.width, place.scaleNs).rows, offsetX, offsetY);
  canvas.addEventListener('pointermove', (event) => {
    const piece = hovered(event);
    canvas.title =
      piece === undefined
        ? ''
        : `${pieceTexts(piece, step.durationNs)[0]}, ${formatDuration(piece.durationNs)}`;
  });
  canvas.addEventListener('click', (event) => {
    const piece = hovered(event);
    if (piece === undefined) {
      goToStep(context, step);
    } else {
      context.store.wantedRank.set({ rank: step.rank });
      moveToRank(context, step.rank, frameInterval(piece.startNs, piece.durationNs));
    }
  });
  return canvas;
}

function describePieces(step: ExplainedStep): string {
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
