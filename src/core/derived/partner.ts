import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';

const RUNTIME = categoryIndex('runtime');
const CPU_OP = categoryIndex('cpu-op');
const DEVICE_WORK = new Set([
  categoryIndex('kernel'),
  categoryIndex('memcpy'),
  categoryIndex('memset'),
]);

/**
 * By span: the launch of work on a device, or the first work of a launch; -1 is none.
 * By correlation; work without a launch in the trace falls back on the operator of its external id.
 */
export function computePartner(trace: Trace): Int32Array<ArrayBuffer> {
  const { spans } = trace;
  const partner = new Int32Array(spans.length).fill(-1);
  const launchByCorrelation = new Map<number, SpanIndex>();
  const operatorByExternalId = new Map<number, SpanIndex>();
  for (let i = 0; i < spans.length; i++) {
    const correlation = spans.correlation[i];
    const externalId = spans.externalId[i];
    if (spans.category[i] === RUNTIME && correlation !== 0) {
      launchByCorrelation.set(correlation, i);
    } else if (
      spans.category[i] === CPU_OP &&
      externalId !== 0 &&
      !operatorByExternalId.has(externalId)
    ) {
      operatorByExternalId.set(externalId, i);
    }
  }
  for (let i = 0; i < spans.length; i++) {
    if (!DEVICE_WORK.has(spans.category[i])) {
      continue;
    }
    const host =
      launchByCorrelation.get(spans.correlation[i]) ??
      operatorByExternalId.get(spans.externalId[i]);
    if (host !== undefined) {
      partner[i] = host;
      if (partner[host] === -1) {
        partner[host] = i;
      }
    }
  }
  return partner;
}
