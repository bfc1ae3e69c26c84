import type { ObjectLayout } from './object-scanner.ts';

export interface DocumentOptions {
  /** Events in an array, or in arrays that are members of an object. */
  readonly shape: 'array' | 'object';
  readonly layout: ObjectLayout;
  /** Keys whose arrays hold the events; for the shape `object`. */
  readonly eventKeys: readonly string[];
  /** Where in the file the bytes begin; elsewhere than at its start an event of an array begins there. */
  readonly start?: number;
  /** The first event that begins there or behind, in the same array, is not read, nor what follows. */
  readonly end?: number;
  /** A larger event is dropped: it is no event. */
  readonly maxEventBytes: number;
}
