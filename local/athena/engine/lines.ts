import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type {
  DuckDBBlobValue,
  DuckDBConnection,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { Type } from '../sql/types.ts';
import { formatCell } from './format.ts';
import type { OutputColumn, Storage } from './write.ts';

/** Writes the rows of a DuckDB query as lines of JSON or text, compressed with gzip; gives their number. */
export const writeLines = async (
  connection: DuckDBConnection,
  sql: string,
  columns: readonly OutputColumn[],
  { format, delimiter }: Storage,
  path: string,
): Promise<number> => {
  const result = await connection.stream(sql);
  const line = format === 'JSON' ? jsonLine : textLine(delimiter);
  let count = 0;
  const lines = async function* () {
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      count += chunk.rowCount;
      yield chunk
        .getRows()
        .map((row) => line(columns, row))
        .join('');
    }
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(path));
  return count;
};

/** A row as Hive's JSON format has it: every column by name, timestamps without their last zeros. */
const jsonLine = (columns: readonly OutputColumn[], row: readonly DuckDBValue[]): string => {
  const fields = columns.map(
    ({ name, type }, index) => `${JSON.stringify(name)}:${json(row[index] ?? null, type)}`,
  );
  return `{${fields.join(',')}}\n`;
};

const json = (value: DuckDBValue, type: Type): string => {
  if (value === null) return 'null';
  switch (type.k) {
    case 'array':
      return `[${(value as DuckDBListValue).items.map((item) => json(item, type.of)).join(',')}]`;
    case 'map': {
      const { entries } = value as DuckDBMapValue;
      return `{${entries.map((entry) => `${JSON.stringify(scalar(entry.key, type.key))}:${json(entry.value, type.value)}`).join(',')}}`;
    }
    case 'row':
      return `{${members(value, type)
        .map(([name, item, of]) => `${JSON.stringify(name)}:${json(item, of)}`)
        .join(',')}}`;
    default: {
      const text = scalar(value, type);
      return isBare(type) && /^-?[\d.]+(E-?\d+)?$|^true$|^false$/.test(text) ? text : JSON.stringify(text);
    }
  }
};

/** Whether JSON has no quotes around a type's values, apart from NaN and Infinity. */
const isBare = (type: Type) => !['varchar', 'char', 'date', 'timestamp', 'varbinary'].includes(type.k);

const members = (value: DuckDBValue, type: Type & { k: 'row' }): [string, DuckDBValue, Type][] => {
  const values = Object.values((value as DuckDBStructValue).entries);
  return type.fields.map((field, index) => [field.name ?? '', values[index] ?? null, field.type]);
};

const scalar = (value: DuckDBValue, type: Type): string => {
  if (type.k === 'varbinary') return Buffer.from((value as DuckDBBlobValue).bytes).toString('utf8');
  const text = formatCell(value, type) ?? '';
  return type.k === 'timestamp' ? text.replace(/\.?0*$/, '') : text;
};

/** A row as Hive's LazySimpleSerDe has it: `\N` for NULL, nested values between the control characters 2, 3, 4, … */
const textLine =
  (delimiter: string) =>
  (columns: readonly OutputColumn[], row: readonly DuckDBValue[]): string =>
    `${columns.map(({ type }, index) => text(row[index] ?? null, type, 2)).join(delimiter)}\n`;

const text = (value: DuckDBValue, type: Type, depth: number): string => {
  if (value === null) return String.raw`\N`;
  const between = String.fromCodePoint(depth);
  switch (type.k) {
    case 'array':
      return (value as DuckDBListValue).items.map((item) => text(item, type.of, depth + 1)).join(between);
    case 'row':
      return members(value, type)
        .map(([, item, of]) => text(item, of, depth + 1))
        .join(between);
    case 'map':
      return (value as DuckDBMapValue).entries
        .map((entry) => [text(entry.key, type.key, depth + 2), text(entry.value, type.value, depth + 2)])
        .map((pair) => pair.join(String.fromCodePoint(depth + 1)))
        .join(between);
    case 'varbinary':
      return Buffer.from((value as DuckDBBlobValue).bytes).toString('base64');
    default:
      return scalar(value, type);
  }
};
