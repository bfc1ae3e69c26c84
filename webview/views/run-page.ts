import { DisposableStore } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import { mountBreakdown } from '../breakdown/breakdown.ts';
import { mountDetails } from '../details/details.ts';
import { mountDistribution } from '../distribution/distribution.ts';
import { mountExplainedSteps } from '../explained/explained-step.ts';
import { mountFindings } from '../findings/findings.ts';
import type { PageContext, View } from '../page-context.ts';
import { mountSteps } from '../steps/steps.ts';
import { KeySheet } from '../timeline/key-sheet.ts';
import { mountTimeline } from '../timeline/timeline.ts';
import { renderHeader } from './header.ts';
import { mountNotice } from './notice.ts';
import { renderNotes } from './notes.ts';
import { renderNumbers } from './numbers.ts';
import { mountStatusStrip } from './status-strip.ts';
import { renderVerdict, verdictTone } from './verdict.ts';

/** The whole page of a run, top to bottom. */
export function mountRunPage(context: PageContext): View {
  const { run, store } = context;
  const owned = new DisposableStore();
  const sheet = new KeySheet();
  const notes = renderNotes(run);
  // What makes the numbers doubtful is read before them.
  const isPoor = run.report.health.level === 'poor';
  const showKeys = () => sheet.toggle();
  const showHealth = () => {
    notes.toggleAttribute('open', true);
    notes.scrollIntoView();
    notes.querySelector('summary')?.focus();
  };
  const live = h('div', { class: 'only-read', role: 'status', 'aria-live': 'polite' });
  owned.add(store.announcement.subscribe((text) => (live.textContent = text)));
  const strip = owned.add(mountStatusStrip(store));
  const notice = owned.add(mountNotice(store));
  const findings = owned.add(mountFindings(context));
  const breakdown = mountBreakdown(context);
  const timeline = owned.add(mountTimeline(context, showKeys));
  const details = owned.add(mountDetails(context));
  const element = h(
    'div',
    { class: 'run-page' },
    renderHeader(context, { showHealth, showKeys }),
    strip.element,
    renderHero(context, owned),
    isPoor ? notes : null,
    h(
      'div',
      { class: 'columns' },
      findings.element,
      h(
        'div',
        { class: 'main-column' },
        renderSteps(context, owned),
        breakdown === null ? null : owned.add(breakdown).element,
        timeline.element,
      ),
    ),
    details.element,
    renderNumbers(context),
    isPoor ? null : notes,
    sheet.element,
    live,
    notice.element,
  );
  return { element, dispose: () => owned.dispose() };
}

function renderHero(context: PageContext, owned: DisposableStore): HTMLElement {
  const { report, overview } = context.run;
  const { typicalStep, slowStep } = overview;
  return h(
    'section',
    { class: `panel hero ${verdictTone(report)}`, 'aria-label': 'Verdict' },
    renderVerdict(context),
    typicalStep === null || typicalStep.host.length + typicalStep.device.length === 0
      ? null
      : owned.add(mountExplainedSteps(context, typicalStep, slowStep)).element,
  );
}

/** A single step has no heat and no distribution. */
function renderSteps(context: PageContext, owned: DisposableStore): HTMLElement | null {
  const { report, steps } = context.run;
  if (new Set(steps.map(({ step }) => step)).size < 2) {
    return null;
  }
  const { stepTime } = report;
  return h(
    'section',
    { class: 'panel steps-panel', 'aria-label': 'Steps' },
    owned.add(mountSteps(context)).element,
    stepTime === null || stepTime.count < 3
      ? null
      : owned.add(mountDistribution(context, stepTime)).element,
  );
}
