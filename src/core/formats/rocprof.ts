import type { Format } from './format.ts';
import { feed } from './feed.ts';
import { NestedValues } from './json/nested-values.ts';
import { MAX_VALUE_BYTES, RocprofReader, WANTED } from './rocprof/rocprof-reader.ts';

/**
 * What rocprofv3 writes as JSON: one object for each process, kernels by the number of their symbol.
 * https://rocm.docs.amd.com/projects/rocprofiler-sdk/en/latest/how-to/using-rocprofv3.html
 */
export const rocprof: Format = {
  id: 'rocprof',
  title: 'rocprofv3 (JSON)',

  recognize({ bytes }) {
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4_096));
    return /^[\s\u00ef\u00bb\u00bf]*\{\s*"rocprofiler-sdk-tool"\s*:\s*\[/.test(text) ? 0.95 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    const reader = new RocprofReader();
    const sink = new NestedValues(WANTED, MAX_VALUE_BYTES, reader);
    const byteLength = await feed(source, sink, reader.builder.log, options);
    return reader.finish(byteLength);
  },
};
