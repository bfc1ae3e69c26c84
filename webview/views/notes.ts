import { isOfWholeFile } from '../../src/core/model/problem-kind.ts';
import type { Report } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { baseName, formatCount, formatDuration, formatNumber } from '../base/format.ts';

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
    list([
      ...health.notes.map(({ text }) => text),
      ...[overheadText(health.overhead)].filter((text) => text !== null),
      ...replayNotes(report),
    ]),
    list(failures.map(({ detector, message }) => `The check ${detector} failed: ${message}`)),
    renderProblems(report),
    renderAbsent(report),
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
            isOfWholeFile(kind)
              ? `${baseName(file)}: ${reason} `
              : `${baseName(file)}, byte ${formatNumber(byteOffset)}, ${kind}: ${reason} `,
            excerpt === '' ? null : h('code', {}, excerpt),
          ),
        ),
      );
}

/** Said once: what is not shown because the run does not have it. */
function renderAbsent({ health: { absent } }: Report): HTMLElement | null {
  return absent.length === 0
    ? null
    : h(
        'div',
        {},
        h('h3', { class: 'panel-title' }, 'What recording more would add'),
        list(absent),
      );
}

const KINDS_SHOWN = 4;

/** What the profiler did for itself, by name; nothing where it tells nothing of it. */
function overheadText({ percent, kinds }: Report['health']['overhead']): string | null {
  if (kinds.length === 0) {
    return null;
  }
  const told = kinds
    .slice(0, KINDS_SHOWN)
    .map(
      ({ name, count, totalNs }) => `${name} ${formatNumber(count)} ×, ${formatDuration(totalNs)}`,
    );
  const more = kinds.length - told.length;
  return `The profiler’s own work: ${percent.toFixed(1)}\u202f% of the analyzed steps, where the device was idle meanwhile (${told.join('; ')}${more > 0 ? `; ${more} more kinds` : ''}).`;
}
