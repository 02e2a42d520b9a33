import type { Expression, Query, Window } from '../sql/ast.ts';
import type { Position } from '../sql/error.ts';
import type { Type } from '../sql/types.ts';

/** An expression's DuckDB text with its Trino type. */
export interface Typed {
  readonly sql: string;
  readonly type: Type;
  /** The value of a string literal: formats, units and zones must be known before the query runs. */
  readonly text?: string;
  /** The partition column this is, unchanged: a literal compared with it can spare files. */
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
  | { kind: 'table'; database: string; name: string; columns: readonly TableColumn[] }
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

/** One table in one FROM, with the partition values its WHERE allows. */
export interface TableUse {
  readonly alias: string;
  readonly database: string;
  readonly name: string;
  readonly bounds: PartitionBound[];
}

export interface PartitionBound {
  readonly column: string;
  readonly op: '=' | '<' | '<=' | '>' | '>=' | 'in';
  readonly values: readonly string[];
}

/** What one query's analysis is given and gathers. */
export interface Analysis {
  /** Looks a table or view up, or throws a SqlError. */
  find(parts: readonly string[], database: string | undefined, at: Position): Found;
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
