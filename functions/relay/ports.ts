import type { PutBatch } from '../shared/firehose/send.ts';
import type { ReadKeys } from '../shared/subject-keys/subject-keys.ts';
import type { QuarantineObject } from './quarantine.ts';

/** All that the relay does to the world. */
export interface RelayPorts {
  readonly putBatch: PutBatch;
  /** Reads the keys that rows and quarantined records are sealed under, and makes those that are missing. */
  readonly readKeys: ReadKeys;
  /** Writes one object to the lake bucket, over an earlier one of the same key. */
  readonly quarantine: (object: QuarantineObject) => Promise<void>;
}
