import type { SavedQuery } from '../../core/queries/parse.ts';
import type { Relation } from '../../core/queries/relation.ts';
import type { LakePlace } from '../../core/lake/views/tail.ts';
import type { Schema } from '../../core/schema/load.ts';
import type { TableCatalog } from '../shared/lake/catalog.ts';
import type { Documents } from '../shared/lake/documents.ts';
import type { RefreshEvent } from './events.ts';
import type { LeasePorts } from './lease.ts';

/** A run of a mart whose rows the API is to answer. */
export interface ToPublish {
  readonly name: string;
  readonly version: string;
  /** ISO 8601. */
  readonly builtAt: string;
  /** The query that read its rows in their order. */
  readonly queryId: string;
}

/** What the steps may use of the world. */
export interface RefreshPorts extends LeasePorts {
  readonly documents: Documents;
  readonly catalog: TableCatalog;
  /** The rows of a query that succeeded, as text; the row of column names is not among them. */
  readonly rows: (queryId: string) => Promise<readonly (readonly string[])[]>;
  /** Gives the rows of a run to the API. Doing it again changes nothing. */
  readonly publish: (insight: ToPublish) => Promise<void>;
}

/** What is refreshed, and where. */
export interface Lake extends LakePlace {
  readonly schemas: readonly Schema[];
  readonly queries: readonly SavedQuery[];
  readonly relations: ReadonlyMap<string, Relation>;
}

type Event<S extends RefreshEvent['step']> = Extract<RefreshEvent, { step: S }>;

/** Does a step and answers what the state machine needs for the following one. */
export type Step<S extends RefreshEvent['step']> = (
  ports: RefreshPorts,
  lake: Lake,
  event: Event<S>,
) => Promise<object>;
