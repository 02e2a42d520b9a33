import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { StreamConfig } from './config.ts';
import { columnsOf, type Conversion } from './conversion-config.ts';
import { RecordError } from './convert/errors.ts';
import type { Field } from './convert/hive-type.ts';
import { convertRecord } from './convert/record.ts';
import { rowWriter } from './convert/serde.ts';
import { errorLine } from './error-output.ts';
import { LineFile } from './line-file.ts';
import type { ParquetWriter } from './parquet.ts';
import type { Catalog, ObjectStore } from './ports.ts';
import type { Segment, SpooledRecord } from './spool.ts';

/** What became of the records of one or more objects. */
export interface Delivered {
  readonly records: number;
  /** Rows in Parquet, one a JSON document; without conversion 0. */
  readonly rows: number;
  /** Records that went to the error output. */
  readonly failedRecords: number;
  readonly objects: number;
  readonly errorObjects: number;
  /** Bytes put of records that were delivered, and of those that failed. */
  readonly bytes: number;
  readonly failedBytes: number;
}

export interface DeliveryPorts {
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  readonly parquet: ParquetWriter;
}

const TURN_MILLISECONDS = 10;
const OCTETS = 'application/octet-stream';
const compress = promisify(gzip);

/** Sums by field. */
export const addDelivered = (all: readonly Delivered[]): Delivered => ({
  records: sum(all, 'records'),
  rows: sum(all, 'rows'),
  failedRecords: sum(all, 'failedRecords'),
  objects: sum(all, 'objects'),
  errorObjects: sum(all, 'errorObjects'),
  bytes: sum(all, 'bytes'),
  failedBytes: sum(all, 'failedBytes'),
});

const sum = (all: readonly Delivered[], field: keyof Delivered): number =>
  all.reduce((total, delivered) => total + delivered[field], 0);

const deliverAsIs = async (
  config: StreamConfig,
  store: ObjectStore,
  segment: Segment,
): Promise<Delivered> => {
  const records = segment.read();
  const body = Buffer.concat(records.map(({ data }) => data));
  const headers = { contentType: OCTETS, ...(config.gzip && { contentEncoding: 'gzip' }) };
  await store.put(
    config.bucket,
    config.keys.data(segment),
    config.gzip ? await compress(body) : body,
    headers,
  );
  return {
    records: records.length,
    rows: 0,
    failedRecords: 0,
    objects: 1,
    errorObjects: 0,
    bytes: body.length,
    failedBytes: 0,
  };
};

interface Converted {
  readonly rows: LineFile;
  readonly errors: LineFile;
  failedBytes: number;
  bytes: number;
}

const convertInto = (
  { rows, errors }: Converted,
  record: SpooledRecord,
  writeRow: ReturnType<typeof rowWriter>,
  conversion: Conversion,
): boolean => {
  try {
    for (const line of convertRecord(record.data, writeRow)) rows.add(line);
    return true;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    errors.add(errorLine(record, error, conversion.schema, Date.now()));
    return false;
  }
};

const convertAll = async (
  into: Converted,
  records: readonly SpooledRecord[],
  columns: readonly Field[],
  conversion: Conversion,
): Promise<void> => {
  const writeRow = rowWriter(columns, conversion.serde);
  let turn = performance.now();
  for (const record of records) {
    const good = convertInto(into, record, writeRow, conversion);
    into[good ? 'bytes' : 'failedBytes'] += record.data.length;
    if (performance.now() - turn < TURN_MILLISECONDS) continue;
    await into.rows.drain();
    await into.errors.drain();
    await nextTurn();
    turn = performance.now();
  }
  await into.rows.close();
  await into.errors.close();
};

/** The header AWS gives Parquet objects, plain Parquet files though they are. */
const encodingOf = ({ compression }: Conversion) =>
  compression === 'SNAPPY' ? { contentEncoding: 'hadoop-snappy' } : {};

const deliverConverted = async (
  config: StreamConfig,
  conversion: Conversion,
  { catalog, store, parquet }: DeliveryPorts,
  segment: Segment,
  scratch: string,
): Promise<Delivered> => {
  const columns = columnsOf(catalog, config.name, conversion.schema);
  const records = segment.read();
  const into: Converted = {
    rows: new LineFile(`${scratch}.rows`),
    errors: new LineFile(`${scratch}.errors`),
    bytes: 0,
    failedBytes: 0,
  };
  await convertAll(into, records, columns, conversion);
  const { rows, errors, bytes, failedBytes } = into;
  if (rows.lines > 0) {
    const path = `${scratch}.parquet`;
    await parquet.write(rows.path, path, columns, conversion.compression);
    const headers = { contentType: OCTETS, ...encodingOf(conversion) };
    await store.put(config.bucket, config.keys.data(segment), { path }, headers);
  }
  if (errors.lines > 0) {
    await store.put(
      config.bucket,
      config.keys.error(segment),
      { path: errors.path },
      { contentType: OCTETS },
    );
  }
  return {
    records: records.length,
    rows: rows.lines,
    failedRecords: errors.lines,
    objects: Math.min(rows.lines, 1),
    errorObjects: Math.min(errors.lines, 1),
    bytes,
    failedBytes,
  };
};

/**
 * Puts a segment's objects: Parquet and errors with conversion, else its records one after another. Doing it again
 * replaces the same objects.
 *
 * @param folder where temporary files may lie; on the store's file system, so that they can be moved in
 * @throws what the store or the catalog throws; nothing is lost then, deliver again
 */
export const deliverSegment = async (
  config: StreamConfig,
  ports: DeliveryPorts,
  segment: Segment,
  folder: string,
): Promise<Delivered> => {
  if (!config.conversion) return deliverAsIs(config, ports.store, segment);
  const scratch = join(folder, segment.uuid);
  try {
    return await deliverConverted(config, config.conversion, ports, segment, scratch);
  } finally {
    for (const part of ['rows', 'errors', 'parquet']) await rm(`${scratch}.${part}`, { force: true });
  }
};
