import { mapInto } from '../../base/map-into.ts';
import type { Flows, Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import { countUpTo } from './intervals.ts';
import { AUTOGRAD_NODE } from './main-lane.ts';
import { SpanByNumber } from './partner.ts';

/** As the PyTorch profiler calls the arrows from an operator to its node. */
const FLOW = 'fwdbwd';

/**
 * By span: of a forward operator the node that goes back over it, of a node its operator; -1 is none. By autograd's
 * number: the last operator before the node that has it, which calls those that enclose it its own; where there are
 * no numbers, by the profiler's arrows.
 */
export function computeAutogradPartner(trace: Trace): Int32Array<ArrayBuffer> {
  const partner = new Int32Array(trace.spans.length).fill(-1);
  joinByNumber(trace, partner);
  joinByFlow(trace, partner);
  return partner;
}

function joinByNumber(trace: Trace, partner: Int32Array): void {
  const { spans, strings } = trace;
  const { autograd, name } = spans;
  if (autograd === null || autograd === undefined) {
    return;
  }
  const ofName = mapInto(new Uint8Array(strings.length), strings, (text) =>
    AUTOGRAD_NODE.test(text) ? 1 : 0,
  );
  const isNode = (i: SpanIndex) => ofName[name[i]] === 1;
  const nodes = firstNodes(autograd, isNode);
  const operators = lastOperators(spans, autograd, nodes, isNode);
  for (let i = 0; i < spans.length; i++) {
    const operator = autograd[i] === 0 ? -1 : operators.get(autograd[i]);
    if (operator >= 0 && isNode(i)) {
      partner[i] = operator;
    } else if (operator >= 0 && encloses(spans, i, operator)) {
      partner[i] = nodes.get(autograd[i]);
    }
  }
}

type IsNode = (i: SpanIndex) => boolean;

/** By number: autograd's call of a node comes before the node itself. */
function firstNodes(autograd: Uint32Array, isNode: IsNode): SpanByNumber {
  const nodes = new SpanByNumber(autograd);
  for (let i = 0; i < autograd.length; i++) {
    if (autograd[i] !== 0 && isNode(i) && nodes.get(autograd[i]) < 0) {
      nodes.set(autograd[i], i);
    }
  }
  return nodes;
}

/** By number: the operator that began last before the node. */
function lastOperators(
  { start }: Trace['spans'],
  autograd: Uint32Array,
  nodes: SpanByNumber,
  isNode: IsNode,
): SpanByNumber {
  const operators = new SpanByNumber(autograd);
  for (let i = 0; i < autograd.length; i++) {
    const node = autograd[i] === 0 || isNode(i) ? -1 : nodes.get(autograd[i]);
    if (node >= 0 && start[i] < start[node]) {
      const known = operators.get(autograd[i]);
      operators.set(autograd[i], known >= 0 && start[known] > start[i] ? known : i);
    }
  }
  return operators;
}

function encloses(
  { start, duration, lane }: Trace['spans'],
  outer: SpanIndex,
  inner: SpanIndex,
): boolean {
  return (
    lane[outer] === lane[inner] &&
    start[outer] <= start[inner] &&
    start[outer] + duration[outer] >= start[inner] + duration[inner]
  );
}

function joinByFlow(trace: Trace, partner: Int32Array): void {
  const { flows, strings } = trace;
  const begins = new Map<number, SpanIndex>();
  forEachEnd(flows, strings, 0, (i) => begins.set(flows.id[i], spanAt(trace, flows, i)));
  forEachEnd(flows, strings, 2, (i) => {
    const from = begins.get(flows.id[i]) ?? -1;
    const to = spanAt(trace, flows, i);
    if (from >= 0 && to >= 0 && partner[from] < 0 && partner[to] < 0) {
      partner[from] = to;
      partner[to] = from;
    }
  });
}

function forEachEnd(
  flows: Flows,
  strings: readonly string[],
  part: number,
  visit: (i: number) => void,
): void {
  const name = strings.indexOf(FLOW);
  for (let i = 0; name >= 0 && i < flows.length; i++) {
    if (flows.name[i] === name && flows.part[i] === part) {
      visit(i);
    }
  }
}

/** The innermost span that begins where an arrow has its end; -1 is none. */
function spanAt({ spans, lanes }: Trace, flows: Flows, i: number): SpanIndex {
  const { first, count } = lanes[flows.lane[i]];
  const time = flows.time[i];
  const last = countUpTo(spans.start, time, first, first + count) - 1;
  return last >= first && spans.start[last] === time ? last : -1;
}
