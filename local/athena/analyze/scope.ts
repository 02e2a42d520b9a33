import type { Expression, Query, Window } from '../sql/ast.ts';
import type { OpenedTable } from '../engine/opened-table.ts';
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
  /** Of a hidden column, which `*` leaves out: the table it is of. */
  readonly hidden?: TableUse;
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
  /** Whether all rows of a file have one value of it, known before the file is opened. */
  readonly partition: boolean;
  /** Whether it is there for who names it only: `"$path"`. */
  readonly hidden?: boolean;
}

/** How the rows of a table that is not a folder of Parquet files become readable. */
export interface TableSource {
  /** Makes the view `use.alias`. */
  open(connection: DuckDBConnection, use: TableUse): Promise<OpenedTable>;
}

/** One table in one FROM, with what its WHERE says of the files its rows lie in. */
export interface TableUse {
  readonly alias: string;
  readonly database: string;
  readonly name: string;
  /** All must be possible for a file to be read. */
  readonly bounds: FileBound[];
  /** The same of any column, where the table has a source of its own. */
  readonly filters: ColumnBound[];
  /** The hidden columns the query names. */
  readonly hidden: Set<string>;
  readonly source?: TableSource;
}

/** A condition on what is known of a file; where it cannot hold, no row of the file is wanted. */
export type Bound<Test> = { readonly kind: 'all' | 'any'; readonly of: readonly Bound<Test>[] } | Test;
export type FileBound = Bound<FileTest>;
export type ColumnBound = Bound<ColumnTest>;

export interface FileTest {
  readonly kind: 'test';
  /** A partition column, or `$path`. */
  readonly column: string;
  readonly op: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'starts with';
  readonly values: readonly string[];
  /** How the column's values compare. */
  readonly as: 'text' | 'integer' | 'date';
}

/** A comparison of a column with constants; rows for which it is not true are not wanted. */
export interface ColumnTest {
  readonly kind: 'test';
  readonly column: string;
  readonly op: FileTest['op'];
  readonly values: readonly Typed[];
}

/** What `FOR … AS OF` asks for: a snapshot by its id, or the last one until an instant, in milliseconds since 1970. */
export type Travel = { readonly version: bigint } | { readonly timestamp: number };

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
