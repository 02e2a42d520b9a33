import type { QuarantineObject } from '../relay/quarantine.ts';
import type { ReadKeys } from '../shared/subject-keys/subject-keys.ts';

/** All that the sweep does to the world. */
export interface SweepPorts {
  /** Keys of the objects below a prefix, in order. */
  readonly list: (prefix: string) => AsyncIterable<string>;
  /** The text of an object; undefined when it is gone. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly readKeys: ReadKeys;
  /** Writes one object to the lake bucket, unless there is one of that key. */
  readonly keep: (object: QuarantineObject) => Promise<void>;
  /** Writes one object to the lake bucket, over an earlier one of the same key. */
  readonly replace: (object: QuarantineObject) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
}
