import type { Position } from './error.ts';
import type { Type } from './types.ts';

export type Expression = { readonly at: Position } & ExpressionKind;

export type ExpressionKind =
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'string' | 'number' | 'binary'; value: string }
  | { kind: 'typed'; type: Type; value: string }
  | { kind: 'timestamp' | 'time'; value: string }
  | { kind: 'interval'; value: string; sign: 1 | -1; unit: string; to?: string }
  | { kind: 'name'; name: string; text: string }
  | { kind: 'member'; base: Expression; field: string; text: string }
  | { kind: 'subscript'; base: Expression; index: Expression }
  | Call
  | Lambda
  | { kind: 'row' | 'array'; items: Expression[] }
  | {
      kind: 'case';
      operand?: Expression;
      whens: { when: Expression; result: Expression }[];
      otherwise?: Expression;
    }
  | { kind: 'cast'; value: Expression; type: Type; safe: boolean }
  | { kind: 'negate' | 'not' | 'plus'; value: Expression }
  | { kind: 'arithmetic'; op: '+' | '-' | '*' | '/' | '%' | '||'; left: Expression; right: Expression }
  | { kind: 'compare'; op: Comparison; left: Expression; right: Expression }
  | { kind: 'logical'; op: 'AND' | 'OR'; left: Expression; right: Expression }
  | { kind: 'between'; value: Expression; low: Expression; high: Expression; not: boolean }
  | { kind: 'in'; value: Expression; list: Expression[]; not: boolean }
  | { kind: 'inQuery'; value: Expression; query: Query; not: boolean }
  | { kind: 'like'; value: Expression; pattern: Expression; escape?: Expression; not: boolean }
  | { kind: 'isNull'; value: Expression; not: boolean }
  | { kind: 'distinctFrom'; left: Expression; right: Expression; not: boolean }
  | { kind: 'exists' | 'subquery'; query: Query }
  | { kind: 'quantified'; op: Comparison; quantifier: 'ALL' | 'ANY'; value: Expression; query: Query }
  | { kind: 'atTimeZone'; value: Expression; zone: Expression }
  | { kind: 'extract'; field: string; value: Expression }
  | { kind: 'now'; name: string; precision?: number };

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface Call {
  kind: 'call';
  /** Lower case. */
  name: string;
  args: Expression[];
  star?: boolean;
  distinct?: boolean;
  orderBy?: SortItem[];
  filter?: Expression;
  ignoreNulls?: boolean;
  over?: Window;
  /** Of `LISTAGG`: what to do on overflow is refused, so only the order remains. */
  withinGroup?: SortItem[];
}

export interface Lambda {
  kind: 'lambda';
  parameters: string[];
  body: Expression;
}

export interface SortItem {
  readonly value: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Window {
  readonly name?: string;
  readonly partitionBy: Expression[];
  readonly orderBy: SortItem[];
  readonly frame?: Frame;
}

export interface Frame {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
  readonly start: Bound;
  readonly end?: Bound;
}

/** `offset` is missing for UNBOUNDED and CURRENT ROW, which `text` says. */
export interface Bound {
  readonly text: string;
  readonly offset?: Expression;
}

export interface Query {
  readonly with: Cte[];
  readonly body: QueryBody;
  readonly orderBy: SortItem[];
  readonly offset?: Expression;
  readonly limit?: Expression;
}

export interface Cte {
  readonly name: string;
  readonly columns?: string[];
  readonly query: Query;
}

export type QueryBody = { readonly at: Position } & (
  | Select
  | { kind: 'values'; rows: Expression[] }
  | { kind: 'table'; name: QualifiedName }
  | { kind: 'nested'; query: Query }
  | { kind: 'set'; op: 'UNION' | 'INTERSECT' | 'EXCEPT'; all: boolean; left: QueryBody; right: QueryBody }
);

export interface Select {
  kind: 'select';
  distinct: boolean;
  items: SelectItem[];
  from?: Relation;
  where?: Expression;
  groupBy?: GroupItem[];
  having?: Expression;
  windows: Map<string, Window>;
}

export type SelectItem = { readonly at: Position } & (
  | { kind: 'all'; of?: Expression; aliases?: string[] }
  | { kind: 'column'; value: Expression; alias?: string }
);

export type GroupItem =
  | { kind: 'simple'; value: Expression }
  | { kind: 'sets' | 'rollup' | 'cube'; sets: Expression[][] };

export type Relation = { readonly at: Position } & (
  | { kind: 'table'; name: QualifiedName; asOf?: AsOf }
  | { kind: 'query'; query: Query; lateral: boolean }
  | { kind: 'unnest'; items: Expression[]; ordinality: boolean }
  | { kind: 'alias'; of: Relation; name: string; columns?: string[] }
  | { kind: 'join'; type: JoinType; left: Relation; right: Relation; on?: Expression; using?: string[] }
);

/** `FOR TIMESTAMP AS OF …` or `FOR VERSION AS OF …` after a table. */
export interface AsOf {
  readonly kind: 'timestamp' | 'version';
  readonly value: Expression;
}

export type JoinType = 'CROSS' | 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';

export interface QualifiedName {
  readonly parts: string[];
  readonly at: Position;
}
