/** A run of rocprofv3 as JSON: one process, one GPU of two, two steps of a copy, a kernel and an all-reduce. */
export function writeRocprof({ steps = 2, zero = 63_857_982_000_000 } = {}): string {
  const kernels = [
    'unused',
    'void gemm<float>(float*)',
    'ncclDevKernel_Generic_1(args)',
    '__amd_rocclr_fillBufferAligned',
  ];
  const records = Array.from({ length: steps }, (_, step) => {
    const at = zero + 1_000_000 * step;
    const internal = (i: number) => ({ internal: 10 * step + i, external: 0 });
    return {
      kernel: [1, 2, 3].map((kernel_id) => ({
        size: 184,
        kind: 2,
        operation: 1,
        thread_id: 907,
        correlation_id: internal(kernel_id),
        start_timestamp: at + 100_000 * kernel_id,
        end_timestamp: at + 100_000 * kernel_id + 50_001,
        dispatch_info: {
          size: 72,
          agent_id: { handle: 501 },
          queue_id: { handle: kernel_id === 2 ? 8 : 7 },
          kernel_id,
        },
        stream_id: { handle: 17 },
      })),
      call: {
        kind: 1,
        operation: 1,
        thread_id: 907,
        correlation_id: internal(1),
        start_timestamp: at + 20_000,
        end_timestamp: at + 30_000,
      },
      marker: {
        kind: 3,
        operation: 0,
        thread_id: 907,
        correlation_id: internal(9),
        start_timestamp: at,
        end_timestamp: at + 900_000,
      },
      copy: {
        kind: 4,
        operation: 2,
        thread_id: 907,
        correlation_id: internal(4),
        start_timestamp: at + 10_000,
        end_timestamp: at + 15_000,
        src_agent_id: { handle: 500 },
        dst_agent_id: { handle: 501 },
      },
    };
  });
  return JSON.stringify({
    'rocprofiler-sdk-tool': [
      {
        metadata: {
          pid: 908,
          init_time: zero,
          command: ['python3', '-u', '/work/train.py', '--config', 'a{b}.yaml'],
        },
        agents: [
          { id: { handle: 500 }, type: 1, product_name: 'CPU', logical_node_type_id: 0 },
          {
            id: { handle: 501 },
            type: 2,
            product_name: 'AMD Instinct MI300X',
            logical_node_type_id: 1,
          },
          {
            id: { handle: 502 },
            type: 2,
            product_name: 'AMD Instinct MI300X',
            logical_node_type_id: 2,
          },
        ],
        counters: [],
        strings: {
          buffer_records: [
            { kind: 'NONE', operations: [] },
            { kind: 'HIP_RUNTIME_API', operations: ['hipApiName', 'hipLaunchKernel'] },
            {
              kind: 'KERNEL_DISPATCH',
              operations: ['KERNEL_DISPATCH_NONE', 'KERNEL_DISPATCH_COMPLETE'],
            },
            { kind: 'MARKER_CORE_RANGE_API', operations: ['roctxThreadRangeA'] },
            {
              kind: 'MEMORY_COPY',
              operations: [
                'MEMORY_COPY_NONE',
                'MEMORY_COPY_HOST_TO_HOST',
                'MEMORY_COPY_HOST_TO_DEVICE',
              ],
            },
          ],
          marker_api: records.map((_, step) => ({ key: 10 * step + 9, value: `step ${step + 3}` })),
        },
        code_objects: [{ code_object_id: 1, uri: 'file:///x#offset=1&size="2"' }],
        kernel_symbols: kernels.map((formatted_kernel_name, kernel_id) => ({
          kernel_id,
          formatted_kernel_name,
          kernel_name: `_Z${kernel_id}`,
        })),
        callback_records: {
          counter_collection: [
            { dispatch_data: { kernel_id: 1, start_timestamp: 1, end_timestamp: 2 } },
          ],
        },
        buffer_records: {
          kernel_dispatch: records.flatMap(({ kernel }) => kernel),
          hip_api: records.map(({ call }) => call),
          marker_api: records.map(({ marker }) => marker),
          memory_copy: records.map(({ copy }) => copy),
          memory_allocation: [{ start_timestamp: 1, end_timestamp: 2 }],
        },
      },
    ],
  });
}
