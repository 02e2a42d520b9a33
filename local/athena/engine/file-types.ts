import { SqlError } from '../sql/error.ts';
import { isInteger, typeName, type Type } from '../sql/types.ts';

/** Which types of a Parquet file Athena reads as a column's type; any other is HIVE_BAD_DATA. */
const READABLE: Partial<Record<Type['k'], RegExp>> = {
  boolean: /^BOOLEAN$/,
  real: /^FLOAT$/,
  double: /^(FLOAT|DOUBLE)$/,
  varchar: /^(VARCHAR|BLOB|JSON|ENUM.*|UUID)$/,
  char: /^VARCHAR$/,
  varbinary: /^(BLOB|VARCHAR)$/,
  date: /^DATE$/,
  timestamp: /^TIMESTAMP/,
  decimal: /^(DECIMAL\(.*\)|INTEGER|BIGINT)$/,
  array: /\[\]$/,
  map: /^MAP\(/,
  row: /^STRUCT\(/,
};

/** Refuses a file whose column Athena could not read as the table declares it. */
export const assertReadable = (table: string, column: string, inFile: string, declared: Type): void => {
  const pattern = isInteger(declared) ? /^U?(TINY|SMALL|BIG)?INT(EGER)?$/ : READABLE[declared.k];
  if (pattern?.test(inFile) || /^"?NULL"?$/.test(inFile)) return;
  throw new SqlError(
    'HIVE_BAD_DATA',
    `Field ${column}'s type ${inFile} in parquet file is incompatible with type ${typeName(declared)} defined in table schema '${table}'`,
  );
};
