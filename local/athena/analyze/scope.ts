import type { Expression, Query, Window } from '../sql/ast.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position } from '../sql/error.ts';
import type { Type } from '../sql/types.ts';

/** An expression's DuckDB text with its Trino type. */
export interface Typed {
  readonly sql: string;
  readonly type: Type;
  /** The value of a string literal: formats, units and zones must be known before the query runs. */
  readonly text?: string;
  /** The table's column this is, unchanged, where a constant compared with it can spare files. */
  readonly partition?: PartitionColumn;
}

export interface PartitionColumn {
  readonly use: TableUse;
  readonly column: string;
}

/** A column an expression can name. */
export interface Column extends Typed {
  readonly name: string | undefined;
  /** Name or alias of its relation, and the database where the table's own name counts. */
  readonly relation?: string;
  readonly database?: string;
}

export interface Scope {
  readonly columns: readonly Column[];
  readonly parent?: Scope;
  readonly names: Names;
  /** Windows of the WINDOW clause. */
  readonly windows?: ReadonlyMap<string, Window>;
}

/** What table names mean here: the WITH queries in reach and the default database. */
export interface Names {
  readonly ctes: ReadonlyMap<string, Planned>;
  readonly database: string | undefined;
}

/** A query's DuckDB text; its columns are named `c0`, `c1`, … there. */
export interface Planned {
  readonly sql: string;
  readonly columns: readonly PlannedColumn[];
}

export interface PlannedColumn {
  readonly name: string | undefined;
  readonly type: Type;
  readonly partition?: PartitionColumn;
}

/** What the catalogue says of a name. */
export type Found =
  | {
      kind: 'table';
      database: string;
      name: string;
      columns: readonly TableColumn[];
      source?: TableSource;
    }
  | {
      kind: 'view';
      database: string;
      name: string;
      sql: string;
      home: string;
      columns: readonly TableColumn[];
    };

export interface TableColumn {
  readonly name: string;
  readonly type: Type;
  readonly partition: boolean;
}

/** How the rows of a table that is not a folder of Parquet files become readable. */
export interface TableSource {
  /**
   * Makes the view `use.alias`; `sql` is the whole query that reads it. Gives the bytes the query reads of the table.
   */
  open(connection: DuckDBConnection, use: TableUse, sql: string): Promise<number>;
}

/** One table in one FROM, with what its WHERE and ON allow. */
export interface TableUse {
  readonly alias: string;
  readonly database: string;
  readonly name: string;
  /** Of partition keys, as texts. */
  readonly bounds: PartitionBound[];
  /** Of any column, where the table has a source of its own. */
  readonly filters: ColumnFilter[];
  readonly source?: TableSource;
}

/** A comparison of a column with constants; rows for which it is not true are not wanted. */
export interface ColumnFilter {
  readonly column: string;
  readonly op: PartitionBound['op'];
  readonly values: readonly Typed[];
}

/** What `FOR … AS OF` asks for: a snapshot by its id, or the last one until an instant, in milliseconds since 1970. */
export type Travel = { readonly version: bigint } | { readonly timestamp: number };

export interface PartitionBound {
  readonly column: string;
  readonly op: '=' | '<' | '<=' | '>' | '>=' | 'in';
  readonly values: readonly string[];
}

/** What one query's analysis is given and gathers. */
export interface Analysis {
  /** Looks a table or view up, or throws a SqlError. */
  find(parts: readonly string[], database: string | undefined, at: Position, travel?: Travel): Found;
  /** When the query started: the one instant `current_timestamp` means all through it. */
  readonly now: Date;
  readonly uses: TableUse[];
  readonly viewStack: readonly string[];
  /** A name no other part of the query has. */
  fresh(prefix: string): string;
  readonly expression: (value: Expression, scope: Scope) => Typed;
  readonly query: (query: Query, parent: Scope | undefined, names: Names) => Planned;
}

export interface Context {
  readonly analysis: Analysis;
  readonly scope: Scope;
}
