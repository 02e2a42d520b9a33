import type { KeyObject } from 'node:crypto';
import type { Place } from '../../core/lake/curated/ddl.ts';
import type { SavedQuery } from '../../core/queries/parse.ts';
import type { Relation } from '../../core/queries/relation.ts';
import type { Schema } from '../../core/schema/load.ts';
import type { Service } from '../api/service.ts';
import type { Documents } from '../shared/lake/documents.ts';
import type { EraseEvent } from './events.ts';

/** The keys of subjects, and the one that reports are signed with. */
export interface ErasureKeys {
  /** Whether a subject has a key, or had one. */
  readonly isKnown: (subject: string) => Promise<boolean>;
  /** Destroys the key of a subject, for good, and answers when that was: earlier, if it was done before. ISO 8601. */
  readonly destroy: (subject: string, now: Date) => Promise<string>;
  /** The private key that reports are signed with, an Ed25519 key. It is made when there is none. */
  readonly signing: () => Promise<KeyObject>;
}

/** Objects of quarantine. */
export interface QuarantineObjects {
  readonly list: () => AsyncIterable<string>;
  /** The text of an object; undefined when it is gone. */
  readonly read: (key: string) => Promise<string | undefined>;
  readonly remove: (key: string) => Promise<void>;
}

/** All that an erasure does to the world. */
export interface ErasePorts {
  /** The tables of the application, and the code that writes them. */
  readonly service: Service;
  readonly keys: ErasureKeys;
  readonly documents: Documents;
  readonly quarantine: QuarantineObjects;
  /** The rows of a query that succeeded, as text. */
  readonly rows: (queryId: string) => Promise<readonly (readonly string[])[]>;
  /** Starts a refresh of the lake; one that meets another ends at once. */
  readonly refresh: () => Promise<void>;
  /** Whether there is time for more in this invocation. */
  readonly hasTime: () => boolean;
}

/** What is erased from, and where. */
export interface Deployment extends Place {
  readonly stage: string;
  readonly schemas: readonly Schema[];
  readonly queries: readonly SavedQuery[];
  readonly relations: ReadonlyMap<string, Relation>;
}

type Event<S extends EraseEvent['step']> = Extract<EraseEvent, { step: S }>;

/** Does a step and answers what the state machine needs for the following one. */
export type Step<S extends EraseEvent['step']> = (
  ports: ErasePorts,
  deployment: Deployment,
  event: Event<S>,
) => Promise<object>;
