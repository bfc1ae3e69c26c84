import type { DeviceWindow } from '../model/report.ts';
import type { DeviceWork } from './device-work.ts';
import { intersectionOf, lengthOf, unionOf } from './intervals.ts';

/** From the first to the last device event of the file, comparable with other tools; null without device work. */
export function computeDeviceWindow({
  compute,
  communication,
  copy,
}: DeviceWork): DeviceWindow | null {
  const busy = unionOf(unionOf(compute, communication), copy);
  if (busy.length === 0) {
    return null;
  }
  const spanNs = busy.end[busy.length - 1] - busy.start[0];
  return {
    spanNs: Math.round(spanNs),
    computeNs: Math.round(lengthOf(compute)),
    communicationNs: Math.round(lengthOf(communication)),
    copyNs: Math.round(lengthOf(copy)),
    communicationOverlappedNs: Math.round(lengthOf(intersectionOf(communication, compute))),
    idleNs: Math.round(spanNs - lengthOf(busy)),
  };
}
