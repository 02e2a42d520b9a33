import type { DuckDBMapValue, DuckDBValue } from '@duckdb/node-api';
import { CONTENT, type DataFile, type PartitionValue } from './manifest.ts';
import type { Leaf } from './types.ts';
import { encodeBound } from './value.ts';

/** A Parquet file as `COPY … (RETURN_STATS)` describes it. */
export interface WrittenFile {
  readonly path: string;
  readonly records: number;
  readonly size: number;
  /** By the column's place in the file, as {@link Leaf} has it. */
  readonly statistics: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Values of PARTITION_BY. */
  readonly keys: ReadonlyMap<string, string>;
}

const textMap = (value: DuckDBValue): Map<string, string> =>
  new Map(
    ((value as DuckDBMapValue | null)?.entries ?? []).map(({ key, value: text }) => [
      String(key),
      String(text),
    ]),
  );

/** Reads a line of what COPY returned. */
export const writtenFile = ([
  path,
  records,
  size,
  ,
  statistics,
  keys,
]: readonly DuckDBValue[]): WrittenFile => ({
  path: String(path),
  records: Number(records),
  size: Number(size),
  statistics: new Map(
    ((statistics as DuckDBMapValue | null)?.entries ?? []).map(({ key, value }) => [
      String(key),
      textMap(value),
    ]),
  ),
  keys: textMap(keys ?? null),
});

/** Where a written file is in the table. */
export interface Placed {
  readonly address: string;
  readonly content: number;
  readonly specId: number;
  readonly partition: readonly PartitionValue[];
}

/** A manifest's description of a written file. */
export const dataFile = (file: WrittenFile, columns: readonly Leaf[], placed: Placed): DataFile => {
  const found = columns.flatMap((leaf) => {
    const statistics = file.statistics.get(leaf.path);
    return statistics ? [{ leaf, statistics }] : [];
  });
  const counts = (name: string) =>
    new Map(
      found.flatMap(({ leaf, statistics }): [number, number][] => {
        const text = statistics.get(name);
        return text === undefined ? [] : [[leaf.id, Number(text)]];
      }),
    );
  const bounds = (name: 'min' | 'max') =>
    new Map(
      found.flatMap(({ leaf, statistics }): [number, Buffer][] => {
        const bound = boundOf(leaf, statistics, name, placed.content);
        return bound ? [[leaf.id, bound]] : [];
      }),
    );
  return {
    content: placed.content,
    path: placed.address,
    format: 'PARQUET',
    specId: placed.specId,
    partition: placed.partition,
    records: file.records,
    size: file.size,
    columnSizes: counts('column_size_bytes'),
    valueCounts: counts('num_values'),
    nullCounts: counts('null_count'),
    nanCounts: new Map(),
    lower: bounds('min'),
    upper: bounds('max'),
  };
};

/** Paths in delete files are kept whole: readers find the data file by them. */
const boundOf = (
  leaf: Leaf,
  statistics: ReadonlyMap<string, string>,
  name: 'min' | 'max',
  content: number,
): Buffer | undefined => {
  const text = statistics.get(name);
  if (text === undefined || leaf.repeated || statistics.get('has_nan') === 'true') return undefined;
  if (content !== CONTENT.data && leaf.type === 'string') return Buffer.from(text);
  return encodeBound(leaf.type, text, name === 'max');
};
