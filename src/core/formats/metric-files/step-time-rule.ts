import type { StepTimeRule } from '../../model/metrics.ts';

const STEP = String.raw`(?:train(?:ing)?[ _-]?)?(?:step|iter|iteration|batch)`;
const START = String.raw`(?:^|[\s/_.:-])`;
/** A unit, and nothing that makes a part or a sum of it. */
const END = String.raw`(?:[\s_([-]{0,3}(?<unit>nanoseconds|ns|microseconds|us|milliseconds|millis|msecs?|ms|seconds|secs?|s)?[\])]?)$`;

const DURATION = new RegExp(
  `${START}(?:${STEP}[ _-]?(?:time|duration|latency|seconds(?=$)|secs?(?=$)|ms(?=$))|time[ _]per[ _]${STEP}|elapsed time per iteration|time_metrics/end_to_end|(?<each>s|secs?|seconds|ms)(?:/|_per_)(?:${STEP}|it))${END}`,
  'i',
);

const RATE = new RegExp(
  String.raw`${START}(?:${STEP}s?|its?)(?:/|_per_|_per)(?:s|sec|second)$|${START}(?:global_)?steps?/sec$`,
  'i',
);

const LOADING = new RegExp(
  `${START}(?:data|batch)[ _-]?(?:load(?:ing|er)?(?:[ _-]?time)?|time|wait(?:[ _-]?time)?|fetch(?:[ _-]?time)?)${END}`,
  'i',
);

const MILLISECONDS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ns|nano)/i, 1e-6],
  [/^(?:us|micro)/i, 1e-3],
  [/^m/i, 1],
  [/^s/i, 1e3],
];

/** What a metric of this name says of steps; null where nothing. Sums, shares and extremes of step times are none. */
export function stepTimeRule(name: string): StepTimeRule | null {
  const plain = name.slice(0, 120).replace(/\[(\w{1,12})\]$/, '($1)');
  if (RATE.test(plain)) {
    return { kind: 'rate', unitMs: 1e3 };
  }
  const loading = LOADING.exec(plain);
  if (loading !== null && !DURATION.test(plain)) {
    return { kind: 'loading', unitMs: unitOf(loading) };
  }
  const duration = DURATION.exec(plain);
  return duration === null ? null : { kind: 'duration', unitMs: unitOf(duration) };
}

function unitOf({ 0: text, groups }: RegExpExecArray): number | null {
  const own = text.match(/(?:^|[ _-])(ms|secs?|seconds)$/i)?.[1];
  const unit = groups?.['unit'] ?? groups?.['each'] ?? own;
  return unit === undefined ? null : (MILLISECONDS.find(([is]) => is.test(unit))?.[1] ?? null);
}
