import { deriveRank } from '../../src/core/derived/rank-derived.ts';
import { PHASES, type Phase } from '../../src/core/model/phase.ts';
import type { PhaseIntervals, Steps } from '../../src/core/model/tables.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { type Kept, withoutAnnotations } from './without-annotations.ts';

/** How the phases told without annotations agree with those told with them, in nanoseconds inside steps. */
export interface Agreement {
  /** Told with annotations. */
  readonly namedNs: number;
  /** Told without. */
  readonly toldNs: number;
  readonly bothNs: number;
}

export type Agreements = ReadonlyMap<Phase, Agreement>;

/** On the thread of the training loop, inside the steps that the annotations give. */
export function hostAgreement(trace: Trace, kept: Kept): Agreements {
  const named = deriveRank({ rank: 0, file: 'named', trace });
  const told = deriveRank({ rank: 0, file: 'told', trace: withoutAnnotations(trace, kept) });
  return agreementOf(named.hostPhases, told.hostPhases, named.steps);
}

/** Of the time named so, the share told so, 0 to 1. */
export function shareTold(agreements: Agreements, phase: Phase): number {
  const { namedNs, bothNs } = agreements.get(phase) ?? { namedNs: 0, bothNs: 0 };
  return bothNs / namedNs;
}

function agreementOf(named: PhaseIntervals, told: PhaseIntervals, steps: Steps): Agreements {
  return new Map(
    PHASES.map((phase, index) => {
      const a = ofPhase(named, index, steps);
      const b = ofPhase(told, index, steps);
      return [phase, { namedNs: total(a), toldNs: total(b), bothNs: total(shared(a, b)) }];
    }),
  );
}

type Stretch = readonly [start: number, end: number];

function ofPhase({ length, start, end, phase }: PhaseIntervals, index: number, steps: Steps) {
  const all = Array.from({ length }, (_, i): Stretch => [start[i], end[i]]);
  const windows = Array.from(steps.start, (from, i): Stretch => [from, steps.end[i]]);
  return shared(
    all.filter((_, i) => phase[i] === index),
    windows,
  );
}

function shared(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const both: Stretch[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i][0], b[j][0]);
    const end = Math.min(a[i][1], b[j][1]);
    if (end > start) {
      both.push([start, end]);
    }
    if (a[i][1] < b[j][1]) {
      i++;
    } else {
      j++;
    }
  }
  return both;
}

function total(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, [start, end]) => sum + end - start, 0);
}
