import assert from 'node:assert/strict';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import type { Trace } from '../../../src/core/model/trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { fixture, readBytes, readText } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

const MAX_BYTES_PER_EVENT = 48;

/** Of all columns: each buffer once. */
function bytesOf({ spans, flows, counters, instants, collectives }: Trace): number {
  const buffers = new Set(
    [spans, flows, counters, instants, collectives]
      .flatMap((columns): unknown[] => Object.values(columns))
      .filter((column) => ArrayBuffer.isView(column))
      .map(({ buffer }) => buffer),
  );
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function assertSmall(trace: Trace): void {
  const perEvent = bytesOf(trace) / trace.counts.kept;
  assert.ok(perEvent > 10 && perEvent <= MAX_BYTES_PER_EVENT, `${perEvent} bytes an event`);
}

describe('the columns of a trace', () => {
  it(`take at most ${MAX_BYTES_PER_EVENT} bytes an event`, async () => {
    assertSmall(await readText(generateKineto({ steps: 5, seed: 4 })));
    assertSmall(await readBytes(fixture('spans/rank1.spans.jsonl')));
  });

  for (const path of [
    'kineto/rocm-resnet-checkpoint-rank0of8.json.gz',
    'kineto/h100-timesformer-with-stack.json.gz',
    'kineto/hta-two-ranks/sampled_rank-0.json.gz',
    'kineto/resnet50-num-workers-0/worker0.1623143089861.pt.trace.json.gz',
    'chrome/ray-timeline.json.gz',
    'ascend/rank0_ascend_pt/trace_view.json.gz',
  ]) {
    itWithShared(`are as small for ${path}`, [path], async ([file]) => {
      assertSmall(await readTrace(await openFile(file), { signal: new AbortController().signal }));
    });
  }
});
