import type { Disposable } from '../../base/lifetime.ts';
import type { ClientOf } from '../../protocol/api.ts';
import type { workerApi } from '../../protocol/worker-api.ts';

/** A thread that can analyse one run and answer questions about it; disposing it ends the thread. */
export interface AnalysisWorker extends Disposable {
  ask<T>(question: (remote: ClientOf<typeof workerApi>) => Promise<T>): Promise<T>;
}
