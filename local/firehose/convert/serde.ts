import { nullable, type NullableWriter } from './containers.ts';
import type { HiveType } from './hive-type.ts';
import type { Writer } from './numbers.ts';
import { keyWriter } from './scalars.ts';

/** How one SerDe reads each kind of type. Types without an entry of their own are read through `scalar`. */
export interface SerDe {
  readonly scalar: (type: HiveType) => Writer;
  readonly array: (item: NullableWriter) => Writer;
  readonly map: (key: Writer, value: NullableWriter) => Writer;
  /** Members by their declared names; `topLevel` is the row itself. */
  readonly struct: (members: readonly { name: string; write: NullableWriter }[], topLevel: boolean) => Writer;
}

const writerOf = (type: HiveType, serde: SerDe): Writer => {
  switch (type.kind) {
    case 'array':
      return serde.array(nullable(writerOf(type.item, serde)));
    case 'map':
      return serde.map(keyWriter(type.key), nullable(writerOf(type.value, serde)));
    case 'struct':
      return serde.struct(membersOf(type.fields, serde), false);
    default:
      return serde.scalar(type);
  }
};

const membersOf = (fields: readonly { name: string; type: HiveType }[], serde: SerDe) =>
  fields.map(({ name, type }) => ({ name, write: nullable(writerOf(type, serde)) }));

/** Compiles the columns of a table to one function: a parsed document to the JSON line the Parquet writer reads. */
export const rowWriter = (columns: readonly { name: string; type: HiveType }[], serde: SerDe): Writer =>
  serde.struct(membersOf(columns, serde), true);
