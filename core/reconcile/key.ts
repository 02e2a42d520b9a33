import { toValue, type AttributeMap } from '../lake/attribute-value.ts';
import type { Entity } from '../schema/entity.ts';
import type { Field } from '../schema/field-type.ts';
import type { LakeRow } from './record.ts';

type KeyValues = Readonly<Record<string, unknown>>;

const keyFields = ({ key, fields }: Entity): Field[] =>
  key.flatMap((name) => fields.filter((field) => field.name === name));

/** An instant in the text that the lake has it in, and back. */
const toLake = ({ type }: Field, value: unknown): unknown =>
  type.type === 'timestamp' ? String(value).replace('T', ' ').replace('Z', '') : value;

const fromLake = ({ type }: Field, text: string): unknown => {
  if (type.type === 'timestamp') return `${text.replace(' ', 'T')}Z`;
  return type.type === 'integer' ? Number(text) : text;
};

/** The key of an item: values by field. */
export const keyOfItem = ({ key }: Pick<Entity, 'key'>, item: AttributeMap): KeyValues =>
  Object.fromEntries(key.map((name) => [name, toValue(item[name] ?? { NULL: true })]));

/** A key in the columns of the lake, as the relay writes them. */
export const keyRow = (entity: Entity, key: KeyValues): LakeRow =>
  Object.fromEntries(keyFields(entity).map((field) => [field.column, toLake(field, key[field.name])]));

/** A key from the texts Athena gives of its columns. */
export const keyFromTexts = (entity: Entity, texts: readonly string[]): KeyValues =>
  Object.fromEntries(
    keyFields(entity).map((field, position) => [field.name, fromLake(field, texts[position] ?? '')]),
  );

/** A key as DynamoDB takes it. */
export const keyAttributes = (key: KeyValues): AttributeMap =>
  Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );
