import type { Catalog, GlueTable } from '../glue/catalog.ts';
import type { Analysis, Found, TableColumn, Travel } from './analyze/scope.ts';
import { hiddenColumns } from './engine/hidden.ts';
import { INFORMATION_SCHEMA, informationTable } from './engine/information-schema.ts';
import { isIceberg } from './iceberg/table.ts';
import { notTranslated, SqlError, type Position } from './sql/error.ts';
import { parseTypeText } from './sql/parse-type.ts';
import { decodeView } from './statements/view-text.ts';

/** Describes an Iceberg table, or one of its metadata tables: `files` of `orders$files`. */
export type IcebergFinder = (
  table: GlueTable,
  part: string | undefined,
  at: Position,
  travel: Travel | undefined,
) => Found;

/** Looks names up in the catalogue, asking `authorize` for each table before it says anything of it. */
export const finder =
  (
    catalog: Catalog,
    authorize: (database: string, table: string) => void,
    iceberg: IcebergFinder,
  ): Analysis['find'] =>
  (parts, defaultDatabase, at, travel) => {
    const [full, given, source = 'awsdatacatalog'] = parts.toReversed() as [string, string?, string?];
    const database = given ?? defaultDatabase;
    if (database === undefined) {
      throw new SqlError(
        'MISSING_SCHEMA_NAME',
        'Schema must be specified when session schema is not set',
        at,
      );
    }
    if (source !== 'awsdatacatalog')
      throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${source}' not found`, at);
    if (database.toLowerCase() === INFORMATION_SCHEMA) {
      const found = informationTable(full);
      if (found) return found;
      throw notTranslated(`information_schema.${full}`, at);
    }
    const [name = full, part] = full.split('$');
    authorize(database, name);
    if (!catalog.getDatabases().some((one) => one.Name === database.toLowerCase())) {
      throw new SqlError('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`, at);
    }
    const table = catalog.getTable(database, name);
    if (table && isIceberg(table)) return iceberg(table, part, at, travel);
    if (!table || part !== undefined)
      throw new SqlError(
        'TABLE_NOT_FOUND',
        `Table 'awsdatacatalog.${database.toLowerCase()}.${full}' does not exist`,
        at,
      );
    if (travel) throw new SqlError('NOT_SUPPORTED', 'This connector does not support versioned tables', at);
    return describe(table);
  };

const describe = (table: GlueTable): Found => {
  const { DatabaseName: database, Name: name } = table;
  if (table.TableType === 'VIRTUAL_VIEW') {
    const view = decodeView(table.ViewOriginalText ?? '', name);
    const columns = view.columns.map((column) => ({
      name: column.name.toLowerCase(),
      type: parseTypeText(column.type),
      partition: false,
    }));
    return { kind: 'view', database, name, sql: view.originalSql, home: view.schema ?? database, columns };
  }
  const plain = (table.StorageDescriptor?.Columns ?? []).map((column) => columnOf(column, false));
  const keys = (table.PartitionKeys ?? []).map((column) => columnOf(column, true));
  const hidden = hiddenColumns(table).map((column) => ({
    ...column,
    partition: column.name === '$path',
    hidden: true,
  }));
  return { kind: 'table', database, name, columns: [...plain, ...keys, ...hidden] };
};

const columnOf = (column: { Name: string; Type?: string | undefined }, partition: boolean): TableColumn => ({
  name: column.Name.toLowerCase(),
  type: parseTypeText(column.Type ?? 'string'),
  partition,
});
