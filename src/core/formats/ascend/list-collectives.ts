import type { Trace } from '../../model/trace.ts';

/** `hcom_allReduce__868_3_1`: the operation, a number of the group, the number in its order, the round. */
const NAME = /^hcom_([A-Za-z]+)_{1,2}(\d+)_(\d+)_\d+$/;

/** Collectives of HCCL tell their group and their number in their names alone. */
export function listCollectives(trace: Trace): Trace {
  const { spans, lanes } = trace;
  const strings = [...trace.strings];
  const rowByText = new Map<string, number>();
  const rowOf = (text: string): number => {
    const row = rowByText.get(text) ?? strings.push(text) - 1;
    rowByText.set(text, row);
    return row;
  };
  const found = trace.strings.map((name) => NAME.exec(name));
  const rows = [...spans.name.keys()].filter(
    (span) => found[spans.name[span]] !== null && lanes[spans.lane[span]].kind === 'stream',
  );
  const part = (index: number): string[] =>
    rows.map((span) => found[spans.name[span]]?.[index] ?? '');
  return {
    ...trace,
    collectives: {
      length: rows.length,
      span: Uint32Array.from(rows),
      operation: Uint32Array.from(part(1), rowOf),
      group: Uint32Array.from(part(2), (group) => rowOf(`group ${group}`)),
      sequence: Float64Array.from(part(3), Number),
      elements: new Float64Array(rows.length).fill(-1),
    },
    strings,
  };
}
