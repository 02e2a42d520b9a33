import type { Analysis } from '../analyze/scope.ts';
import type { Footers } from '../engine/footers.ts';
import type { Planner } from '../engine/planner.ts';
import { resultColumn, type ResultColumn, type Row } from '../engine/result.ts';
import type { IcebergContext } from '../iceberg/context.ts';
import { BIGINT } from '../sql/types.ts';

/** What a statement runs with. */
export interface Session extends IcebergContext {
  readonly footers: Footers;
  readonly planner: Planner;
  readonly database: string | undefined;
  readonly queryId: string;
  readonly now: Date;
  /** Where the statement leaves its result, by Athena's rules: the address of a file, or what addresses begin with. */
  readonly outputLocation: string;
  /** The prepared statements of its workgroup. */
  readonly prepared: {
    put(name: string, sql: string): void;
    /** Whether there was one. */
    remove(name: string): boolean;
  };
  /** Looks a table up in the name of whoever asked; throws what Athena would. */
  readonly find: Analysis['find'];
  /** Told the bytes the statement reads, before it reads them; throws when the workgroup allows fewer. */
  scanned(bytes: number): void;
}

export interface Outcome {
  /** Of a statement that wrote: how many rows it added to or changed in a table, and the addresses of new files. */
  readonly written?: { readonly updated: number; readonly addresses?: readonly string[] };
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

/** The outcome of a statement that changed rows of a table. */
export const changed = (updated: number, addresses?: readonly string[]): Outcome => ({
  columns: [resultColumn('rows', BIGINT)],
  pages: [],
  written: { updated, ...(addresses && { addresses }) },
});
