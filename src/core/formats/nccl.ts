import { NCCL_FORMAT } from '../model/run.ts';
import { feed } from './feed.ts';
import type { Format } from './format.ts';
import { LineDocument } from './json/line-document.ts';
import { NCCL_LAYOUT } from './nccl/nccl-layout.ts';
import { NcclReader } from './nccl/nccl-reader.ts';

const MAX_LINE_BYTES = 1 << 20;

/** Types of events of NCCL's profiler interface, and the first record of each communicator. */
const OWN_LINE = /"type"\s*:\s*"(?:ProfilerLifecycle|ncclProfile[A-Z]\w+)"/;

/**
 * Lines that a plug-in for NCCL's profiler interface writes: events of all ranks of a process in one file.
 * https://github.com/NVIDIA/nccl/tree/master/ext-profiler
 */
export const nccl: Format = {
  id: NCCL_FORMAT,
  title: 'NCCL profiler plug-in (JSON lines)',

  recognize({ bytes }) {
    const text = new TextDecoder('latin1').decode(bytes);
    return /^\s*\{/.test(text) && OWN_LINE.test(text) && text.includes('"start"') ? 0.9 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const reader = new NcclReader();
    const sink = new LineDocument(NCCL_LAYOUT, MAX_LINE_BYTES, reader);
    const byteLength = await feed(source, sink, reader.builder.log, options);
    return reader.finish(byteLength);
  },
};
