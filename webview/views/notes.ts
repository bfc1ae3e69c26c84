import type { Report } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { baseName, formatCount, formatNumber } from '../base/format.ts';

/** What to know of the trace before its numbers are believed, and what recording more would add. */
export function renderNotes({ report }: { readonly report: Report }): HTMLElement {
  const { health, failures, run } = report;
  const { events } = health;
  const counts = [
    `${formatCount(events.read, 'event')} read`,
    `${formatNumber(events.kept)} kept`,
    events.repaired > 0 ? `${formatNumber(events.repaired)} repaired` : null,
    events.dropped > 0 ? `${formatNumber(events.dropped)} dropped` : null,
    events.clipped > 0 ? `${formatNumber(events.clipped)} clipped` : null,
  ].filter((text) => text !== null);
  return h(
    'details',
    { class: 'panel notes', open: health.level === 'poor' || failures.length > 0 },
    h('summary', {}, h('h2', { class: 'panel-title' }, 'Notes on the trace')),
    h(
      'p',
      { class: 'muted' },
      `${formatCount(run.files.length, 'file')} (${run.formats.join(', ')}); ${counts.join(', ')}. Clock: ${health.clock.method}. Steps: ${STEPS_TEXT[run.steps.how] ?? run.steps.how}.`,
    ),
    list([...health.notes.map(({ text }) => text), ...replayNotes(report)]),
    list(failures.map(({ detector, message }) => `The check ${detector} failed: ${message}`)),
    renderProblems(report),
    renderMissing(report),
  );
}

/** Where savings are not what a replay gives, that is said with its reason. */
function replayNotes({ replay, findings }: Report): readonly string[] {
  return replay === undefined || replay.isUsed || findings.length === 0
    ? []
    : [`Savings are upper bounds, not replayed: ${replay.reason ?? ''}`];
}

const STEPS_TEXT: Readonly<Record<string, string>> = {
  profiler: 'as the profiler marked them',
  recorded: 'as the training script recorded them',
  period: 'found by the period of the loop',
  whole: 'none found, the whole file is taken as one',
};

function list(texts: readonly string[]): HTMLElement | null {
  return texts.length === 0 ? null : h('ul', {}, ...texts.map((text) => h('li', {}, text)));
}

function renderProblems({ health: { problems } }: Report): HTMLElement | null {
  return problems.length === 0
    ? null
    : h(
        'ul',
        { class: 'problems' },
        ...problems.map(({ file, byteOffset, kind, reason, excerpt }) =>
          h(
            'li',
            {},
            `${baseName(file)}, byte ${formatNumber(byteOffset)}, ${kind}: ${reason} `,
            h('code', {}, excerpt),
          ),
        ),
      );
}

/** Said once: what is not shown because the run does not have it. */
function renderMissing(report: Report): HTMLElement | null {
  const hasDevice = report.ranks.some(({ breakdown }) => breakdown !== null);
  const hasLines =
    report.lines.some(({ location }) => location !== null) ||
    report.findings.some(({ location }) => location !== null);
  const missing = [
    hasDevice
      ? null
      : 'No device work was recorded: with ProfilerActivity.CUDA the idle time of the GPU and its causes would be shown.',
    report.run.steps.how === 'whole'
      ? 'No steps were recorded: with profiler.step() in the loop each step would be told apart.'
      : null,
    report.run.ranks.length === 1 && (report.run.worldSize ?? 1) > 1
      ? 'This is one rank of several: with the files of the others beside it stragglers would be found.'
      : null,
    hasLines
      ? null
      : 'No lines of code were recorded: with_stack=True, record_function or timing spans would lead to them.',
  ].filter((text) => text !== null);
  return missing.length === 0
    ? null
    : h(
        'div',
        {},
        h('h3', { class: 'panel-title' }, 'What recording more would add'),
        list(missing),
      );
}
