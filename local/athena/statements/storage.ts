import type { Compression, Storage } from '../engine/write.ts';
import { SqlError } from '../sql/error.ts';
import type { Properties } from './properties.ts';

const COMPRESSIONS: readonly Compression[] = ['GZIP', 'SNAPPY', 'ZSTD', 'NONE'];

const unsupported = (what: string) => new SqlError('NOT_SUPPORTED', `The local cloud does not write ${what}`);

/** Throws for the first property that is not among those a statement takes. */
export const refuseOthers = (
  { names }: Properties,
  known: readonly string[],
  refused: readonly string[],
): void => {
  for (const name of names) {
    if (refused.includes(name)) throw unsupported(`tables with the property ${name}`);
    if (!known.includes(name))
      throw new SqlError('INVALID_TABLE_PROPERTY', `Table property '${name}' does not exist`);
  }
};

/** Parquet as CREATE TABLE AS writes it: compressed with gzip unless it is told otherwise. */
export const tableStorage = (properties: Properties): Storage => {
  const format = properties.text('format')?.toUpperCase() ?? 'PARQUET';
  if (format !== 'PARQUET') throw unsupported(`tables of format ${format}`);
  const given = ['write_compression', 'parquet_compression'].flatMap((name) => properties.text(name) ?? []);
  if (given.length > 1)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Multiple compression properties cannot be specified');
  return parquet(given[0], properties);
};

/** The storage UNLOAD asks for; its format has no default. */
export const unloadStorage = (properties: Properties): Storage => {
  const format = properties.text('format')?.toUpperCase();
  if (format === undefined) throw new SqlError('INVALID_TABLE_PROPERTY', 'format is required for UNLOAD');
  if (format === 'PARQUET') return parquet(properties.text('compression'), properties);
  if (format !== 'JSON' && format !== 'TEXTFILE') throw unsupported(`files of format ${format}`);
  const compression = properties.text('compression')?.toUpperCase() ?? 'GZIP';
  if (compression !== 'GZIP') throw unsupported(`${format} compressed with ${compression}`);
  return { ...plain(properties), format, compression };
};

const parquet = (given: string | undefined, properties: Properties): Storage => {
  const compression = COMPRESSIONS.find((name) => name === (given?.toUpperCase() ?? 'GZIP'));
  if (!compression) throw unsupported(`Parquet compressed with ${given}`);
  const level = properties.number('compression_level');
  if (level !== undefined && compression !== 'ZSTD')
    throw new SqlError('INVALID_TABLE_PROPERTY', 'compression_level is for ZSTD compression only');
  return { ...plain(properties), format: 'PARQUET', compression, ...(level !== undefined && { level }) };
};

const plain = (properties: Properties) => {
  const delimiter = properties.text('field_delimiter') ?? '\u0001';
  if (delimiter.length !== 1) throw unsupported('field delimiters of several characters');
  const partitionedBy = (properties.list('partitioned_by') ?? []).map((name) => name.toLowerCase());
  return { delimiter, partitionedBy };
};
