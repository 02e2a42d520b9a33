import { openAnalysis } from '../analyze/index.ts';
import { castSql } from '../analyze/cast.ts';
import { raise } from '../analyze/raise.ts';
import { planTable } from '../analyze/relation.ts';
import type { Analysis, Column, Names, TableUse, Typed } from '../analyze/scope.ts';
import type { QualifiedName } from '../sql/ast.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { commonType, typeName, type Type } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { schemaOf, snapshotOf } from './metadata.ts';
import { openScan, type Scan } from './scan.ts';
import { findIceberg, type IcebergTable } from './table.ts';
import { trinoType, type IcebergField } from './types.ts';

/** The table a statement writes to, within the analysis of the statement. */
export interface Target {
  readonly table: IcebergTable;
  readonly fields: readonly IcebergField[];
  /** Its columns as expressions can name them. */
  readonly columns: readonly Column[];
  readonly use: TableUse;
  readonly analysis: Analysis;
  readonly names: Names;
}

/** What a statement that writes is given. */
export interface WritingContext extends IcebergContext {
  readonly find: Analysis['find'];
  readonly database: string | undefined;
  readonly now: Date;
  scanned(bytes: number): void;
}

/** How a statement says that it does not work on something else than an Iceberg table. */
export interface Refusals {
  readonly view: string;
  readonly other: string;
}

/** Opens the table a statement names for writing, as whoever asked; throws what Athena would. */
export const openTarget = (
  context: WritingContext,
  { name, place }: { readonly name: QualifiedName; readonly place: { database: string; name: string } },
  refusals: Refusals,
): Target => {
  const { analysis, names } = openAnalysis(context);
  const table = icebergTable(context, place, name.at, refusals);
  context.authorizeGlue('glue:UpdateTable', place.database, place.name);
  context.authorizeWrite(table.metadata.location);
  const { columns } = planTable(name, { parent: undefined, names, analysis });
  const use = analysis.uses.at(-1) as TableUse;
  return { table, fields: schemaOf(table.metadata).fields, columns, use, analysis, names };
};

/** The Iceberg table of a name; throws for one that is missing or something else. */
export const icebergTable = (
  context: IcebergContext,
  { database, name }: { database: string; name: string },
  at: Position,
  { view, other }: Refusals,
): IcebergTable => {
  context.authorizeGlue('glue:GetTable', database, name);
  const table = findIceberg(context, database, name);
  if (table) return table;
  const glue = context.catalog.getTable(database, name);
  if (!glue)
    throw new SqlError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${database}.${name}' does not exist`, at);
  throw new SqlError('NOT_SUPPORTED', glue.TableType === 'VIRTUAL_VIEW' ? view : other, at);
};

/** Reads the target with the places of its rows, for statements that change them. */
export const scanTarget = (context: IcebergContext, { table, fields, use }: Target): Promise<Scan> =>
  openScan(context, use, {
    name: table.glue.Name,
    metadata: table.metadata,
    snapshot: snapshotOf(table.metadata),
    fields,
    positions: true,
  });

/** The index of a column of the target by its name in lower case. */
export const fieldIndex = (fields: readonly IcebergField[], name: string): number =>
  fields.findIndex((field) => field.name.toLowerCase() === name);

const typeNames = (types: readonly Type[]) => types.map(typeName).join(', ');

/**
 * Values about to be stored, cast to the columns' types: Trino stores what shares a type with the column, and fails a
 * row whose value does not fit. `mismatch` makes the message from the types of table and values.
 */
export const assigned = (
  fields: readonly IcebergField[],
  values: readonly Typed[],
  analysis: Analysis,
  mismatch: (table: string, values: string) => SqlError,
): string[] => {
  const types = fields.map((field) => trinoType(field.type));
  const fits = (type: Type, index: number) => commonType((values[index] as Typed).type, type) !== undefined;
  if (values.length !== fields.length || !types.every(fits)) {
    throw mismatch(typeNames(types), typeNames(values.map((value) => value.type)));
  }
  return fields.map((field, index) => {
    const type = types[index] as Type;
    const sql = castSql(values[index] as Typed, type, analysis);
    if (!field.required) return sql;
    const failure = raise(
      'CONSTRAINT_VIOLATION',
      `NULL value not allowed for NOT NULL column: ${field.name}`,
      type,
    );
    return `coalesce(${sql}, ${failure})`;
  });
};
