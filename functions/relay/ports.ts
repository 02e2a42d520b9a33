import type { PutBatch } from '../shared/firehose/send.ts';
import type { QuarantineObject } from './quarantine.ts';

/** All that the relay does to the world. */
export interface RelayPorts {
  readonly putBatch: PutBatch;
  /** Writes one object to the lake bucket, over an earlier one of the same key. */
  readonly quarantine: (object: QuarantineObject) => Promise<void>;
}
