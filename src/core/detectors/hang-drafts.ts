import type { Absence } from '../derived/hang/find-absences.ts';
import type { Hang, Silence, Stop } from '../derived/hang/find-hang.ts';
import type { Mismatch } from '../derived/hang/find-mismatches.ts';
import type { RankOperation } from '../derived/hang/gather-groups.ts';
import { nameGroup, nameNumber, nameOperation, nameRanks } from '../derived/hang/wording.ts';
import type { Advice, Severity } from '../model/report.ts';

/** One thing that stops a job. */
export interface HangStatement {
  readonly title: string;
  readonly severity: Severity;
  readonly ranks: readonly number[];
  readonly why: string;
  readonly advice: readonly Advice[];
  /** What the statement rests on, as operations of ranks. */
  readonly evidence: readonly RankOperation[];
}

/** So many ranks are told of one by one. */
const MAX_TOLD = 4;

/** What stops the job, the surest first. */
export function stateHang(hang: Hang): HangStatement[] {
  const { stops, absences, deadlock, silences, mismatches } = hang;
  const stopped = new Set(stops.map(({ rank }) => rank));
  const others = absences.filter(({ rank }) => !stopped.has(rank));
  return [
    ...(stops.length > 0 ? [stateStops(hang)] : []),
    ...groupByRank(others).map((own) => stateAbsence(own, hang)),
    ...(deadlock.length > 0 ? [stateDeadlock(deadlock)] : []),
    ...(silences.length > 0 ? [stateSilences(silences)] : []),
    ...mismatches.map(stateMismatch),
  ];
}

function stateStops({ stops, absences, waiting }: Hang): HangStatement {
  const ranks = stops.map(({ rank }) => rank);
  const told = stops.slice(0, MAX_TOLD).map((stop) => tellStop(stop, absences));
  return {
    title: `${capitalize(nameRanks(ranks))} stopped within a collective`,
    severity: 'error',
    ranks,
    why: `${told.join(' ')} ${tellWaiting(waiting)}`,
    advice: [
      {
        text: `Look for errors of the device of ${nameRanks(ranks)}: Xid and ECC lines in dmesg, dcgmi diag, the log of the rank.`,
        link: 'https://docs.nvidia.com/deploy/xid-errors/index.html',
      },
      STACK_ADVICE,
    ],
    evidence: stops.map(({ operation }) => operation),
  };
}

function tellStop(
  { rank, group, operation, finishedBy }: Stop,
  absences: readonly Absence[],
): string {
  const { sequence } = operation.operation;
  const missed = collectivesFirst(absences.filter((absence) => absence.rank === rank)).at(0);
  const also =
    missed === undefined || missed.sequence === null
      ? ''
      : ` It never asked for ${nameNumber(missed.sequence)} of ${nameGroup(missed.group)}, in which ${tellWaiters(missed)}.`;
  return `Rank ${rank} asked for ${nameOperation(operation)}, ${nameNumber(sequence)} of ${nameGroup(group)}, which ${nameRanks(finishedBy)} finished and rank ${rank} did not: its device stopped there, or its process no longer follows it.${also}`;
}

function stateAbsence(own: readonly Absence[], { waiting }: Hang): HangStatement {
  const [first] = collectivesFirst(own);
  const { rank, group, sequence } = first;
  const groups = new Set(own.map((absence) => absence.group));
  const elsewhere =
    groups.size > 1 ? ` It is missing in ${groups.size - 1} more of its process groups.` : '';
  const what =
    sequence === null
      ? `${nameOperation(first.waiting[0])} of ${nameGroup(group)}`
      : `${nameNumber(sequence)} of ${nameGroup(group)}, ${nameOperation(first.waiting[0])}`;
  return {
    title: `Rank ${rank} never joined what the others wait in`,
    severity: 'error',
    ranks: [rank],
    why: `Rank ${rank} never asked for ${what}, in which ${tellWaiters(first)}.${elsewhere} It waits for no other rank that is missing itself. ${tellWaiting(waiting)}`,
    advice: [
      STACK_ADVICE,
      {
        text: 'Look for code that only some ranks run (a condition around a collective, a shard of data that ends early), and for an exception in the log of this rank.',
        link: 'https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.algorithms.Join',
      },
    ],
    evidence: first.waiting,
  };
}

function stateDeadlock(deadlock: readonly Absence[]): HangStatement {
  const ranks = [...new Set(deadlock.map(({ rank }) => rank))].sort((a, b) => a - b);
  const told = groupByRank(deadlock)
    .slice(0, MAX_TOLD)
    .map(
      ([{ rank, group, waiting }]) =>
        `Rank ${rank} is missing in ${nameGroup(group)}, where ${tellWaiters({ waiting })}.`,
    );
  return {
    title: `${capitalize(nameRanks(ranks))} wait for each other`,
    severity: 'error',
    ranks,
    why: `${told.join(' ')} Each waits in one process group for a rank that waits in another: they asked for collectives in different orders.`,
    advice: [
      {
        text: 'Ask for collectives of several process groups in the same order on all ranks, and do not mix messages with collectives.',
        link: 'https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/usage/communicators.html#using-multiple-nccl-communicators-concurrently',
      },
    ],
    evidence: deadlock.flatMap(({ waiting }) => waiting),
  };
}

function stateSilences(silences: readonly Silence[]): HangStatement {
  const ranks = silences.map(({ rank }) => rank);
  const [first] = silences;
  return {
    title: `${capitalize(nameRanks(ranks))} left no dump, and others wait`,
    severity: 'warning',
    ranks,
    why: `${capitalize(tellWaiters(first))} in ${nameGroup(first.group)}, of which rank ${first.rank} is a member and left no dump: all others of the group are there. A rank that crashed or was killed leaves none.`,
    advice: [
      {
        text: `Look at how ${nameRanks(ranks)} ended: its log, the exit code, dmesg for the out-of-memory killer, the state of its machine.`,
      },
      { text: 'If there is a dump, put it into the same folder and analyze again.' },
    ],
    evidence: first.waiting,
  };
}

function stateMismatch({ group, sequence, what, kinds }: Mismatch): HangStatement {
  const told = kinds
    .slice(0, MAX_TOLD)
    .map(({ sample, ranks }) => `${nameRanks(ranks)}: ${nameOperation(sample)}`);
  const ranks = kinds.slice(1).flatMap((kind) => kind.ranks);
  return {
    title: `Ranks asked for different ${WORDS[what]}`,
    severity: 'error',
    ranks,
    why: `${capitalize(nameNumber(sequence))} of ${nameGroup(group)} is not the same on all ranks. ${capitalize(told.join('; '))}. NCCL does not check this: it hangs, or mixes up data.`,
    advice: [
      {
        text: 'Find where these ranks take another way through the code: conditions on the rank, on data or on shapes. TORCH_DISTRIBUTED_DEBUG=DETAIL stops at the first difference.',
        link: 'https://docs.pytorch.org/docs/stable/distributed.html#debugging-torch-distributed-applications',
      },
    ],
    evidence: kinds.map(({ sample }) => sample),
  };
}

const WORDS: Readonly<Record<Mismatch['what'], string>> = {
  operation: 'collectives at one point',
  sizes: 'sizes of one collective',
  types: 'types in one collective',
};

const STACK_ADVICE: Advice = {
  text: 'See where its process stands: py-spy dump --pid PID on its machine, or TORCH_NCCL_TRACE_CPP_STACK=1 and Python frames in the dump.',
  link: 'https://docs.pytorch.org/tutorials/unstable/flight_recorder_tutorial.html',
};

function tellWaiting(waiting: readonly number[]): string {
  return `In all, ${waiting.length === 1 ? '1 rank waits' : `${waiting.length} ranks wait`} in collectives that have not ended.`;
}

/** `ranks 0 and 2 wait`. */
function tellWaiters({ waiting }: { readonly waiting: readonly RankOperation[] }): string {
  const ranks = new Set(waiting.map(({ rank }) => rank));
  return `${nameRanks(ranks)} ${ranks.size === 1 ? 'waits' : 'wait'}`;
}

function groupByRank(absences: readonly Absence[]): Absence[][] {
  const byRank = new Map<number, Absence[]>();
  for (const absence of absences) {
    byRank.set(absence.rank, [...(byRank.get(absence.rank) ?? []), absence]);
  }
  return [...byRank.values()];
}

/** Messages have no numbers to say which is missing. */
function collectivesFirst(absences: readonly Absence[]): Absence[] {
  return [...absences].sort((a, b) => Number(a.sequence === null) - Number(b.sequence === null));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
