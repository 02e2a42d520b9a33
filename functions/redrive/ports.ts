import type { Schema } from '../../core/schema/load.ts';
import type { PutBatch } from '../shared/firehose/send.ts';
import type { ReadKeys } from '../shared/subject-keys/subject-keys.ts';

/** An object of quarantine as it was read. */
export interface Read {
  readonly text: string;
  readonly etag: string;
}

/** All that replaying does to the world. */
export interface RedrivePorts {
  /** Undefined when there is none. */
  readonly read: (object: string) => Promise<Read | undefined>;
  /** Writes over what was read. False when somebody else was first. */
  readonly claim: (object: string, text: string, etag: string) => Promise<boolean>;
  readonly write: (object: string, text: string) => Promise<void>;
  readonly remove: (object: string) => Promise<void>;
  /** Which of some events have a row in the log of an entity or event, on a day (UTC) or later. */
  readonly arrived: (schema: Schema, day: string, events: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly putBatch: PutBatch;
  readonly readKeys: ReadKeys;
  /** Reads keys and makes none: those that are missing open nothing, and are forgotten. */
  readonly peekKeys: ReadKeys;
}
