import type { TableColumn } from '../analyze/scope.ts';
import { quoteName, quoteText } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { headOf } from './object.ts';

export const PATH_COLUMN = '$path';
const MODIFIED_COLUMN = '$file_modified_time';

/** The columns an Iceberg table has beside its own, for who names them, as Trino's connector has them. */
export const HIDDEN_COLUMNS: readonly TableColumn[] = [
  { name: PATH_COLUMN, type: { k: 'varchar' }, partition: true, hidden: true },
  { name: MODIFIED_COLUMN, type: { k: 'timestamptz', p: 3, zone: 'UTC' }, partition: false, hidden: true },
];

/** Makes the engine's table of what hidden columns say of each file, by the file's number in the scan. */
export const createFileTable = async (
  { connection, store }: IcebergContext,
  name: string,
  addresses: readonly string[],
): Promise<void> => {
  const columns = `file BIGINT, ${quoteName(PATH_COLUMN)} VARCHAR, ${quoteName(MODIFIED_COLUMN)} TIMESTAMPTZ`;
  await connection.run(`CREATE TEMP TABLE ${name} (${columns})`);
  const rows = addresses.map((address, number) => {
    const modified = headOf(store, address).lastModified.toISOString();
    return `(${number}, ${quoteText(address)}, ${quoteText(modified)})`;
  });
  if (rows.length > 0) await connection.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
};
