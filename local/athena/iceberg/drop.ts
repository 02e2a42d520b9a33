import type { GlueTable } from '../../glue/catalog.ts';
import { splitLocation } from '../engine/files.ts';
import { SqlError } from '../sql/error.ts';
import type { IcebergContext } from './context.ts';
import { withoutSlash } from './object.ts';
import { loadTable } from './table.ts';
import { dataLocation } from './write.ts';

/**
 * Drops an Iceberg table with all its data, as Athena does
 * (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-drop-table.html). First the catalogue forgets it: who
 * is killed in the middle leaves files nobody knows, never a table without files.
 */
export const dropIcebergTable = (context: IcebergContext, glue: GlueTable): void => {
  const { DatabaseName, Name } = glue;
  context.authorizeGlue('glue:DeleteTable', DatabaseName, Name);
  const location = glue.StorageDescriptor?.Location ?? '';
  if (!context.mayDelete(location))
    throw new SqlError(
      'PERMISSION_DENIED',
      `Insufficient permissions to delete the data of ${DatabaseName}.${Name}`,
    );
  context.proceed();
  const folders = foldersOf(context, glue, location);
  if (!context.catalog.deleteTable(DatabaseName, Name))
    throw new SqlError(
      'NOT_SUPPORTED',
      `Table '${Name}' belongs to a deployed stack: the local cloud keeps it`,
    );
  for (const folder of folders) removeAll(context, folder);
};

/** Where the table has files; a table whose metadata is lost can be dropped too. */
const foldersOf = ({ store }: IcebergContext, glue: GlueTable, location: string): Set<string> => {
  const folders = new Set([`${withoutSlash(location)}/metadata/`, `${withoutSlash(location)}/data/`]);
  try {
    folders.add(`${dataLocation(loadTable(store, glue).metadata)}/`);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  return folders;
};

const removeAll = ({ store }: IcebergContext, folder: string) => {
  const { bucket, prefix } = splitLocation(folder);
  for (const { key } of store.list(bucket, prefix)) store.remove(bucket, key);
};
