import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog } from '../../glue/catalog.ts';
import type { Analysis } from '../analyze/scope.ts';
import type { ObjectStore } from '../engine/files.ts';
import type { Footers } from '../engine/footers.ts';
import type { Planner } from '../engine/planner.ts';
import type { ResultColumn, Row } from '../engine/result.ts';

/** What a statement runs with. */
export interface Session {
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  readonly footers: Footers;
  readonly planner: Planner;
  /** A connection to the engine, this statement's alone. */
  readonly connection: DuckDBConnection;
  readonly database: string | undefined;
  readonly queryId: string;
  readonly now: Date;
  /** Where the statement leaves its result, by Athena's rules: the address of a file, or what addresses begin with. */
  readonly outputLocation: string;
  /** A folder on disk for files that do not outlive the statement. */
  readonly scratch: string;
  /** The prepared statements of its workgroup. */
  readonly prepared: {
    put(name: string, sql: string): void;
    /** Whether there was one. */
    remove(name: string): boolean;
  };
  /** Looks a table up in the name of whoever asked; throws what Athena would. */
  readonly find: Analysis['find'];
  /** Throws unless whoever asked may act on the table, its database and the catalogue. */
  authorizeGlue(action: string, database?: string, table?: string): void;
  /** Throws unless whoever asked may read below an S3 location. */
  authorizeData(location: string): void;
  /** Throws unless whoever asked may write below an S3 location. */
  authorizeWrite(location: string): void;
  /** Throws when the query was cancelled: to be asked before what cannot be undone. */
  proceed(): void;
  /** Told the bytes the statement reads, before it reads them; throws when the workgroup allows fewer. */
  scanned(bytes: number): void;
}

export interface Outcome {
  /** Of a statement that wrote files: their addresses, and how many rows it added to or changed in a table. */
  readonly written?: { readonly updated: number; readonly addresses: readonly string[] };
  readonly columns: readonly ResultColumn[];
  /** Pages of rows, read once. */
  readonly pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
}

/** A statement that parsed. Each kind is a file of this folder. */
export interface Statement {
  readonly type: 'DML' | 'DDL' | 'UTILITY';
  /** Athena's SubstatementType: `SELECT`, `CREATE_VIEW`. */
  readonly kind: string;
  /** What it leaves when that is no file of rows: a table in a folder of the result location, or files elsewhere. */
  readonly leaves?: 'table' | 'files';
  /** Where its table is to be, if it says so itself. */
  readonly externalLocation?: string;
  run(session: Session): Promise<Outcome>;
}

/** The outcome of a statement that only prints lines. */
export const lines = (columns: readonly ResultColumn[], texts: readonly string[]): Outcome => ({
  columns,
  pages: [texts.map((text) => [text])],
});
