const LOADER_WAIT = /^enumerate\(DataLoader\)|(?:^|[\\/])dataloader\.py\(\d{1,6}\): __next__$/;

/** Whether a span is the wait for the next batch, as PyTorch's profiler or a frame of its loader names it. */
export function isLoaderWait(name: string): boolean {
  return LOADER_WAIT.test(name);
}
