import type { SpanCategory } from '../../model/span-category.ts';

/** HIP copies and fills with kernels of its own where no engine does. */
export function categoryOfKernel(name: string): SpanCategory {
  if (name.startsWith('__amd_rocclr_copy')) {
    return 'memcpy';
  }
  return name.startsWith('__amd_rocclr_fill') ? 'memset' : 'kernel';
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  HOST_TO_HOST: 'Memcpy HtoH',
  HOST_TO_DEVICE: 'Memcpy HtoD',
  DEVICE_TO_HOST: 'Memcpy DtoH',
  DEVICE_TO_DEVICE: 'Memcpy DtoD',
};

/** `MEMORY_COPY_HOST_TO_DEVICE`, in the words of PyTorch's profiler. */
export function nameOfCopy(operation: string | null): string {
  const direction = operation?.replace(/^MEMORY_COPY_/, '') ?? '';
  return DIRECTIONS[direction] ?? 'Memcpy';
}
