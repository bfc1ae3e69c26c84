import assert from 'node:assert/strict';
import {
  type Links,
  linksOf,
  orderGraph,
  play,
} from '../../../../src/core/derived/replay/graph.ts';

/** By node: those before it. */
function joinLists(lists: readonly (readonly number[])[]): Links {
  const to = lists.flatMap((list, node) => list.map(() => node));
  return linksOf(lists.length, lists.flat(), to).links;
}

const durations = (...values: number[]): Float64Array => Float64Array.from(values);

describe('a graph of a step', () => {
  it('ends when its longest chain ends', () => {
    // 0 → 1 → 3 takes 5 + 7 + 2; 0 → 2 → 3 takes 5 + 1 + 2.
    const graph = orderGraph(joinLists([[], [0], [0], [1, 2]]), []);
    assert.ok(graph !== null);
    assert.deepEqual([...play(graph, durations(5, 7, 1, 2))], [5, 12, 6, 14]);
  });

  it('waits for what lies between two nodes, by edge', () => {
    const { links, edges } = linksOf(3, [0, 1, 0], [2, 2, 1]);
    const graph = orderGraph(links, []);
    assert.ok(graph !== null);
    const lags = [10, 3, 1];
    const ends = play(
      graph,
      durations(1, 1, 1),
      Float64Array.from(edges, (edge) => lags[edge]),
    );
    // Node 1: 1 + 1 + 1; node 2: the later of 1 + 10 and 3 + 3, then 1.
    assert.deepEqual([...ends], [1, 3, 12]);
  });

  it('lets nodes of a group begin together, when the last of them can', () => {
    const graph = orderGraph(joinLists([[], [], [0], [1], [2], [3]]), [[2, 3]]);
    assert.ok(graph !== null);
    assert.deepEqual([...play(graph, durations(4, 9, 2, 2, 1, 1))], [4, 9, 11, 11, 12, 12]);
  });

  it('cannot be played where nodes wait for each other', () => {
    assert.equal(orderGraph(joinLists([[1], [0]]), []), null);
    // Each group waits for the other through a node of its own.
    assert.equal(
      orderGraph(joinLists([[], [], [0], [1]]), [
        [0, 3],
        [1, 2],
      ]),
      null,
    );
  });
});
