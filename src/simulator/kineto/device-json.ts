import type { DeviceEvent } from '../engine/events.ts';
import type { RankClock } from '../rank-clock.ts';
import { collectiveArguments } from './host-json.ts';
import { type KinetoIds, toMicros } from './kineto-ids.ts';

const CATEGORIES: Record<DeviceEvent['kind'], string> = {
  kernel: 'kernel',
  copy: 'gpu_memcpy',
  set: 'gpu_memset',
  annotation: 'gpu_user_annotation',
};

/** Threads of a block, and the share of the device that they fill, of the kernels here. */
const BLOCK = 256;
const OCCUPANCY_PERCENT = 37;

export function deviceJson(
  event: DeviceEvent,
  ids: KinetoIds,
  clock: RankClock,
  group: { readonly ranks: number; readonly rank: number },
): string {
  const start = clock(event.start);
  const durationNs = Math.max(0, clock(event.end) - start);
  return (
    `{"ph": "X", "cat": "${CATEGORIES[event.kind]}", "name": ${JSON.stringify(event.name)}, ` +
    `"pid": ${ids.device}, "tid": ${ids.stream(event.stream)}, "ts": ${toMicros(start)}, ` +
    `"dur": ${toMicros(durationNs)}, "args": {${argumentsOf(event, ids, durationNs, group)}}}`
  );
}

function argumentsOf(
  event: DeviceEvent,
  ids: KinetoIds,
  durationNs: number,
  { ranks, rank }: { readonly ranks: number; readonly rank: number },
): string {
  const place = `"External id": ${event.externalId}`;
  if (event.kind === 'annotation') {
    return place;
  }
  const where = `"device": ${ids.device}, "context": 1, "stream": ${ids.stream(event.stream)}, "correlation": ${event.correlation}`;
  if (event.kind !== 'kernel') {
    const gigabytesPerSecond = event.bytes / Math.max(1, durationNs);
    return `${place}, ${where}, "bytes": ${event.bytes}, "memory bandwidth (GB/s)": ${gigabytesPerSecond}`;
  }
  const blocks = Math.max(1, Math.round(durationNs / 200));
  const group =
    event.collective === null ? '' : `${collectiveArguments(event.collective, ranks, rank)}, `;
  return (
    `${place}, ${group}"queued": 0, ${where}, "registers per thread": 64, "shared memory": 16384, ` +
    `"blocks per SM": ${blocks / 100}, "warps per SM": ${(blocks / 100) * (BLOCK / 32)}, "grid": [${blocks}, 1, 1], ` +
    `"block": [${BLOCK}, 1, 1], "est. achieved occupancy %": ${OCCUPANCY_PERCENT}`
  );
}
