import type { ObjectLayout } from './object-scanner.ts';

export interface DocumentOptions {
  /** Events in an array, or in arrays that are members of an object. */
  readonly shape: 'array' | 'object';
  readonly layout: ObjectLayout;
  /** Keys whose arrays hold the events; for the shape `object`. */
  readonly eventKeys: readonly string[];
  /** A larger event is dropped: it is no event. */
  readonly maxEventBytes: number;
}
