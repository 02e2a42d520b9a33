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
  row: /^STRUCT\(.*\)$/,
};

/** Cuts a text at the commas that stand outside of quotes and parentheses. */
const pieces = (text: string): string[] => {
  const found: string[] = [];
  let [depth, quoted, begin] = [0, false, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      found.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...found, text.slice(begin)];
};

/** The members of a struct as DuckDB writes it, by name: `STRUCT(a BIGINT, "in" VARCHAR)`. */
const membersOf = (struct: string): ReadonlyMap<string, string> =>
  new Map(
    pieces(struct.slice('STRUCT('.length, -1)).flatMap((piece) => {
      const [, quoted, plain, type] = /^\s*(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/s.exec(piece) ?? [];
      const name = quoted?.replaceAll('""', '"') ?? plain;
      return name === undefined || type === undefined ? [] : [[name.toLowerCase(), type] as const];
    }),
  );

const assertMembers = (table: string, column: string, inFile: string, declared: Type): void => {
  if (declared.k === 'array')
    return assertReadable(table, column, inFile.slice(0, -'[]'.length), declared.of);
  if (declared.k !== 'row') return;
  const members = membersOf(inFile);
  const known = declared.fields.flatMap(({ name = '', type }) => {
    const found = members.get(name.toLowerCase());
    return found === undefined ? [] : [{ name, type, found }];
  });
  if (known.length === 0)
    throw new SqlError(
      'NOT_SUPPORTED',
      `The local cloud reads no structure of which a file has no member, and ${column} of '${table}' is one: ${inFile} in a file, ${typeName(declared)} in the table`,
    );
  for (const { name, type, found } of known) assertReadable(table, `${column}.${name}`, found, type);
};

/** Refuses a file whose column Athena could not read as the table declares it, at any depth. A missing member is null. */
export const assertReadable = (table: string, column: string, inFile: string, declared: Type): void => {
  const pattern = isInteger(declared) ? /^U?(TINY|SMALL|BIG)?INT(EGER)?$/ : READABLE[declared.k];
  if (/^"?NULL"?$/.test(inFile)) return;
  if (pattern?.test(inFile)) return assertMembers(table, column, inFile, declared);
  throw new SqlError(
    'HIVE_BAD_DATA',
    `Field ${column}'s type ${inFile} in parquet file is incompatible with type ${typeName(declared)} defined in table schema '${table}'`,
  );
};
