import type { StreamName } from './device.ts';

export type ThreadName = 'main' | 'autograd';

/**
 * A section is a named part of the script: `record_function` or a span of the recorder; a span is one that only
 * the recorder knows; annotations are PyTorch's own.
 */
export type HostKind =
  'section' | 'span' | 'annotation' | 'operator' | 'runtime' | 'frame' | 'step';

/** Something on a thread of the training process; true times in nanoseconds. */
export interface HostEvent {
  readonly kind: HostKind;
  readonly name: string;
  readonly thread: ThreadName;
  readonly start: number;
  end: number;
  /** Numbers operators, annotations and steps, from 1; of a runtime call: that of its operator; 0 is none. */
  readonly externalId: number;
  /** When the device's compute stream came to where the host was at the start and at the end. */
  readonly deviceStart: number;
  deviceEnd: number;
  readonly details: HostDetails;
}

export interface HostDetails {
  /** Joins a call and the work of the device that it began. */
  readonly correlation?: number;
  /** Joins an operator and its backward pass. */
  readonly sequence?: number;
  readonly isBackward?: boolean;
  readonly collective?: CollectiveDetails;
  readonly frame?: {
    readonly id: number;
    readonly parent: number | null;
    readonly module?: number;
  };
  /** Of a section: its phase and the line of `train.py` that records it. */
  readonly phase?: string;
  readonly line?: number;
  readonly micro?: number;
}

export interface CollectiveDetails {
  readonly sequence: number;
  /** When the bucket was ready on this rank's device. */
  readonly bucketReadyAt: number;
  readonly elements: number;
  readonly bytes: number;
}

/** Something on a device. */
export interface DeviceEvent {
  readonly kind: 'kernel' | 'copy' | 'set' | 'annotation';
  readonly name: string;
  readonly stream: StreamName;
  readonly start: number;
  readonly end: number;
  readonly correlation: number;
  readonly externalId: number;
  readonly bytes: number;
  readonly collective: CollectiveDetails | null;
}

/** Something in a worker process of the loader. */
export interface WorkerEvent {
  readonly worker: number;
  readonly name: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** What a rank does in one step, by end rather than by start. */
export interface StepEvents {
  readonly step: number;
  readonly host: readonly HostEvent[];
  readonly device: readonly DeviceEvent[];
  readonly workers: readonly WorkerEvent[];
}
