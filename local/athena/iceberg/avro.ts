import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avro, { type Schema, type Type } from 'avsc';

/** Avro longs as bigint: sizes and snapshot ids use all 64 bits. */
// oxlint-disable-next-line no-underscore-dangle -- the library's own name
const LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : Number(a > b)),
});

const MAGIC = Buffer.from('Obj\u0001');
const HEADER = avro.Type.forSchema({
  type: 'record',
  name: 'header',
  fields: [
    { name: 'magic', type: { type: 'fixed', name: 'magic', size: 4 } },
    { name: 'meta', type: { type: 'map', values: 'bytes' } },
    { name: 'sync', type: { type: 'fixed', name: 'sync', size: 16 } },
  ],
});
const BLOCK = avro.Type.forSchema({
  type: 'record',
  name: 'block',
  fields: [
    { name: 'count', type: 'long' },
    { name: 'data', type: 'bytes' },
  ],
});

const KEPT_TYPES = 100;
const types = new Map<string, Type>();

/** Making a type generates code, which takes longer than to read a file with it: tables have few schemas, and many files. */
const typeFor = (schema: string): Type => {
  const known = types.get(schema);
  if (known) return known;
  const type = avro.Type.forSchema(JSON.parse(schema) as Schema, { registry: { long: LONG } });
  if (types.size === KEPT_TYPES) types.clear();
  types.set(schema, type);
  return type;
};

export interface AvroFile {
  readonly schema: unknown;
  readonly meta: Readonly<Record<string, string>>;
  readonly records: readonly unknown[];
}

/**
 * Writes records as an Avro object container (https://avro.apache.org/docs/1.11.1/specification/#object-container-files).
 * The schema goes into the header as given: Iceberg's field ids are attributes Avro itself does not know.
 */
export const writeAvro = (
  schema: object,
  records: readonly unknown[],
  meta: Readonly<Record<string, string>> = {},
): Buffer => {
  const schemaText = JSON.stringify(schema);
  const type = typeFor(schemaText);
  const sync = randomBytes(16);
  const texts = { ...meta, 'avro.schema': schemaText, 'avro.codec': 'deflate' };
  const header = {
    magic: MAGIC,
    meta: Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, Buffer.from(value)])),
    sync,
  };
  const data = deflateRawSync(Buffer.concat(records.map((record) => type.toBuffer(record))));
  const block = records.length === 0 ? [] : [BLOCK.toBuffer({ count: records.length, data }), sync];
  return Buffer.concat([HEADER.toBuffer(header), ...block]);
};

/** Reads an Avro object container of any writer, by the schema in its header. */
export const readAvro = (file: Buffer): AvroFile => {
  const { value, offset } = HEADER.decode(file, 0);
  if (offset < 0 || !value.magic.equals(MAGIC)) throw new Error('not an Avro file');
  const texts = Object.entries(value.meta as Record<string, Buffer>);
  const meta = Object.fromEntries(texts.map(([key, bytes]) => [key, bytes.toString()]));
  const schema = meta['avro.schema'] ?? 'null';
  const records = readBlocks(file, offset, typeFor(schema), meta['avro.codec'] ?? 'null');
  return { schema: JSON.parse(schema) as unknown, meta, records };
};

const readBlocks = (file: Buffer, start: number, type: Type, codec: string): unknown[] => {
  const records: unknown[] = [];
  let at = start;
  while (at < file.length) {
    const { value, offset } = BLOCK.decode(file, at);
    if (offset < 0) throw new Error('the Avro file ends in the middle of a block');
    readBlock(unpack(value.data, codec), value.count, type, records);
    at = offset + 16;
  }
  return records;
};

const readBlock = (data: Buffer, count: number, type: Type, records: unknown[]) => {
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const { value, offset } = type.decode(data, at);
    records.push(value);
    at = offset;
  }
};

const unpack = (data: Buffer, codec: string): Buffer => {
  if (codec === 'null') return data;
  if (codec === 'deflate') return inflateRawSync(data);
  throw new Error(`the Avro file is compressed with ${codec}, which the local cloud does not read`);
};
