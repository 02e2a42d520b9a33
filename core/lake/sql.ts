/** A name in Athena's SQL: SELECT, MERGE, views. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A name in Athena's DDL, which is Hive's. */
export const ticked = (name: string): string => `\`${name}\``;

/** A text in Athena's SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A text in Athena's DDL, where a backslash escapes. */
export const ddlText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

/** A list of names in Athena's SQL. */
export const list = (names: readonly string[]): string => names.map(quoted).join(', ');

/** An instant in UTC, in milliseconds, as a TIMESTAMP of Athena's SQL. */
export const instant = (iso: string): string =>
  `TIMESTAMP '${new Date(iso).toISOString().replace('T', ' ').replace('Z', '')}'`;

/** A table or view of a database. */
export const qualified = (database: string, name: string): string => `${quoted(database)}.${quoted(name)}`;
