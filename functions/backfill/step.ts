import type { StreamRecord } from '../../core/lake/change-row.ts';
import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import type { LakePlace } from '../../core/lake/views/tail.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Objects } from '../shared/export/bucket.ts';
import type { Documents } from '../shared/lake/documents.ts';
import type { BackfillEvent } from './events.ts';
import type { JobPorts } from './job.ts';

/** What became of rows that were sent. */
export interface SentRows {
  readonly relayed: number;
  readonly quarantined: number;
}

/** What the steps may use of the world. */
export interface BackfillPorts extends JobPorts {
  readonly documents: Documents;
  readonly objects: Objects;
  /** The items that some keys have now. */
  readonly items: (entity: Entity, keys: readonly AttributeMap[]) => Promise<AttributeMap[]>;
  /** Sends rows through the relay's own code. Throws Error when not all are taken. */
  readonly relay: (entity: Entity, records: readonly StreamRecord[]) => Promise<SentRows>;
  /** Sends rows that are written already. Throws Error when not all are taken. */
  readonly send: (entity: Entity, rows: readonly string[]) => Promise<void>;
  /** Drops the curated tables of an entity whose files are gone; answers the statements that make them anew. */
  readonly recover: (entity: Entity, place: LakePlace) => Promise<string[]>;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds until the invocation has to answer. */
  readonly remaining: () => number;
}

/** What is sent anew, and where. */
export interface Lake extends LakePlace {
  readonly entities: readonly Entity[];
}

export type Step<S extends BackfillEvent['step']> = (
  ports: BackfillPorts,
  lake: Lake,
  event: Extract<BackfillEvent, { step: S }>,
) => Promise<object>;
