import { RECONCILE_PREFIX } from '../../core/deployment.ts';
import type { AttributeMap } from '../../core/lake/attribute-value.ts';
import type { LakePlace } from '../../core/lake/views/tail.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { exportId, readManifest, type Exported } from '../shared/export/manifest.ts';
import type { Objects } from '../shared/export/bucket.ts';
import type { Documents } from '../shared/lake/documents.ts';
import type { RelayedRows } from '../shared/lake/relayed-rows.ts';
import type { Chunk, ReconcileEvent } from './events.ts';

/** What the steps may use of the world. */
export interface ReconcilePorts {
  readonly objects: Objects;
  readonly documents: Pick<Documents, 'read'>;
  /** The rows of a query that succeeded, as text; the row of column names is not among them. */
  readonly rows: (queryId: string) => Promise<readonly (readonly string[])[]>;
  /** The items that some keys have now. */
  readonly items: (entity: Entity, keys: readonly AttributeMap[]) => Promise<AttributeMap[]>;
  readonly relayed: RelayedRows;
  /** Reports how many keys of an entity differ. */
  readonly measure: (entity: string, differences: number) => void;
  readonly now: () => Date;
}

/** What is compared, and where. */
export interface Lake extends LakePlace {
  readonly entities: readonly Entity[];
}

export type Event<S extends ReconcileEvent['step']> = Extract<ReconcileEvent, { step: S }>;

export type Step<S extends ReconcileEvent['step']> = (
  ports: ReconcilePorts,
  lake: Lake,
  event: Event<S>,
) => Promise<object>;

/** Where a comparison keeps what it works with, in the lake bucket. */
export const workFolder = (entity: string, manifest: string): string =>
  `${RECONCILE_PREFIX}${entity}/${exportId(manifest)}/`;

/** The document of what a comparison found, in the lake bucket. */
export const documentKey = (entity: string, manifest: string): string =>
  `${RECONCILE_PREFIX}${entity}/${exportId(manifest)}.json`;

/** The document of the newest comparison of an entity. */
export const latestKey = (entity: string): string => `${RECONCILE_PREFIX}${entity}/latest.json`;

export const exported = ({ objects }: ReconcilePorts, manifest: string): Promise<Exported> =>
  readManifest(objects.readText, manifest);

/** The data files of a chunk of an export. */
export const filesOf = ({ files }: Exported, { first, count }: Chunk): Exported['files'] =>
  files.slice(first, first + count);
