/** What a table should hold: its columns by number, so that one added under an old name is another, and its rows. */
export interface Model {
  readonly columns: readonly { readonly number: number; readonly name: string }[];
  /** Members of the struct `total`, by the number of their addition. */
  readonly members: readonly string[];
  readonly rows: readonly ModelRow[];
  /** Numbers given to columns so far. */
  readonly added: number;
}

export interface ModelRow {
  readonly id: string;
  readonly n: number;
  /** Days since 2026-11-20. */
  readonly day: number;
  /** Values of the members of `total` when the row was written; later ones are NULL. */
  readonly total: readonly number[];
  /** Values of added columns by number; others are NULL. */
  readonly extra: Readonly<Record<number, number>>;
}

export const EMPTY: Model = { columns: [], members: ['amount'], rows: [], added: 0 };

/** A change of the table: its statements, and what they do to the model. */
export interface Step {
  readonly sql: readonly string[];
  readonly next: Model;
}

const instant = (day: number) => `TIMESTAMP '2026-11-${20 + day} 10:00:00.123'`;

const rowSql = (row: ModelRow, { columns, members }: Model): string => {
  const types = members.map((name) => `${name} bigint`).join(', ');
  const total = `CAST(ROW(${row.total.join(', ')}) AS ROW(${types}))`;
  const extra = columns.map(({ number }) => String(row.extra[number] ?? 'NULL'));
  return `(${[`'${row.id}'`, row.n, instant(row.day), total, ...extra].join(', ')})`;
};

/** A new row with a value for everything the table has by now. */
export const newRow = (id: string, n: number, day: number, { columns, members }: Model): ModelRow => ({
  id,
  n,
  day,
  total: members.map((_, index) => n * 10 + index),
  extra: Object.fromEntries(columns.map(({ number }) => [number, n + number])),
});

export type Change =
  | { readonly kind: 'insert'; readonly rows: readonly (readonly [string, number, number])[] }
  | { readonly kind: 'merge'; readonly rows: readonly (readonly [string, number, number])[] }
  | { readonly kind: 'update'; readonly rest: number }
  | { readonly kind: 'delete'; readonly below: number }
  | { readonly kind: 'add column' | 'drop column' | 'add member' | 'optimize' };

const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, one) => one !== index);

/** Applies a change to a table of this name. */
export const step = (table: string, change: Change, model: Model): Step => {
  switch (change.kind) {
    case 'insert': {
      const rows = change.rows.map(([id, n, day]) => newRow(id, n, day, model));
      const sql = `INSERT INTO ${table} VALUES ${rows.map((row) => rowSql(row, model)).join(', ')}`;
      return { sql: [sql], next: { ...model, rows: [...model.rows, ...rows] } };
    }
    case 'merge':
      return merge(table, change.rows, model);
    case 'update': {
      const rows = model.rows.map((row) =>
        row.n % 3 === change.rest ? { ...row, n: row.n + 1, day: row.day + 1 } : row,
      );
      const sql = `UPDATE ${table} SET n = n + 1, at = at + INTERVAL '1' DAY WHERE n % 3 = ${change.rest}`;
      return { sql: [sql], next: { ...model, rows } };
    }
    case 'delete':
      return {
        sql: [`DELETE FROM ${table} WHERE n < ${change.below}`],
        next: { ...model, rows: model.rows.filter((row) => row.n >= change.below) },
      };
    case 'add column': {
      const name = ['x', 'y', 'z'].find((one) => model.columns.every((column) => column.name !== one));
      if (name === undefined) return { sql: [], next: model };
      const columns = [...model.columns, { number: model.added, name }];
      const next = { ...model, columns, added: model.added + 1 };
      return { sql: [`ALTER TABLE ${table} ADD COLUMNS (${name} int)`], next };
    }
    case 'drop column': {
      const [first] = model.columns;
      if (!first) return { sql: [], next: model };
      const next = { ...model, columns: without(model.columns, 0) };
      return { sql: [`ALTER TABLE ${table} DROP COLUMN ${first.name}`], next };
    }
    case 'add member': {
      const members = [...model.members, `m${model.members.length}`];
      const type = `struct<${members.map((name) => `${name}:bigint`).join(',')}>`;
      return {
        sql: [`ALTER TABLE ${table} CHANGE COLUMN total total ${type}`],
        next: { ...model, members },
      };
    }
    default:
      return { sql: [`OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`], next: model };
  }
};

/** Takes the newest source row of an id: odd numbers delete, even ones update or insert. */
const merge = (table: string, given: readonly (readonly [string, number, number])[], model: Model): Step => {
  const source = new Map(given.map((row) => [row[0], newRow(...row, model)]));
  const rows = model.rows.flatMap((row) => {
    const found = source.get(row.id);
    if (!found) return [row];
    return found.n % 2 === 1 ? [] : [{ ...row, n: found.n, total: found.total }];
  });
  const known = new Set(model.rows.map((row) => row.id));
  const fresh = [...source.values()].filter((row) => row.n % 2 === 0 && !known.has(row.id));
  const names = ['id', 'n', 'at', 'total', ...model.columns.map(({ name }) => name)];
  const values = [...source.values()].map((row) => rowSql(row, model)).join(', ');
  const sql = `MERGE INTO ${table} t USING (VALUES ${values}) AS s(${names.join(', ')}) ON t.id = s.id
    WHEN MATCHED AND s.n % 2 = 1 THEN DELETE
    WHEN MATCHED THEN UPDATE SET n = s.n, total = s.total
    WHEN NOT MATCHED AND s.n % 2 = 0 THEN INSERT (${names.join(', ')}) VALUES (${names.map((name) => `s.${name}`).join(', ')})`;
  return { sql: [sql], next: { ...model, rows: [...rows, ...fresh] } };
};

/** The query of everything a table holds; `travel` is a FOR clause. */
export const everything = (table: string, { columns, members }: Model, travel = ''): string => {
  const names = [
    'id',
    'n',
    'CAST(at AS varchar)',
    ...members.map((name) => `total.${name}`),
    ...columns.map(({ name }) => name),
  ];
  return `SELECT ${names.join(', ')} FROM ${table} ${travel}`;
};

/** What it gives, as texts in any order. */
export const expected = ({ rows, columns, members }: Model): string[] =>
  rows.map((row) =>
    JSON.stringify([
      row.id,
      String(row.n),
      `2026-11-${20 + row.day} 10:00:00.123000`,
      ...members.map((_, index) => textOf(row.total[index])),
      ...columns.map(({ number }) => textOf(row.extra[number])),
    ]),
  );

const textOf = (value: number | undefined) => (value === undefined ? null : String(value));
