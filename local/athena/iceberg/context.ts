import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog } from '../../glue/catalog.ts';
import type { ObjectStore, StoredFile } from '../engine/files.ts';
import type { PhysicalFiles } from './physical.ts';

/** What the tables need of S3: whole objects, written at once. */
export interface TableStore extends ObjectStore {
  head(bucket: string, key: string): StoredFile | undefined;
  list(bucket: string, prefix: string): readonly StoredFile[];
  remove(bucket: string, key: string): void;
}

/** What all statements of one local cloud share. */
export interface IcebergRuntime {
  /** Addresses of files that are written and not yet committed: nobody may take them for orphans. */
  readonly inFlight: Set<string>;
  /** What is known of data files' columns; files never change. */
  readonly physical: PhysicalFiles;
}

/** What one statement works on tables with. */
export interface IcebergContext {
  readonly catalog: Catalog;
  readonly store: TableStore;
  /** A connection to the engine, this statement's alone. */
  readonly connection: DuckDBConnection;
  /** A folder on disk for files that do not outlive the statement. */
  readonly scratch: string;
  readonly runtime: IcebergRuntime;
  /** Throws unless whoever asked may act on the table, its database and the catalogue. */
  authorizeGlue(action: string, database?: string, table?: string): void;
  /** Throws unless whoever asked may read below an S3 location. */
  authorizeData(location: string): void;
  /** Throws unless whoever asked may write below an S3 location. */
  authorizeWrite(location: string): void;
  /** Whether whoever asked may delete below an S3 location. */
  mayDelete(location: string): boolean;
  /** Throws when the query was cancelled: to be asked before what cannot be undone. */
  proceed(): void;
}
