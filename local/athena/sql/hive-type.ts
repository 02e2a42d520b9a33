import { fieldKey, typeName, type Type } from './types.ts';

const NAMES: Partial<Record<Type['k'], string>> = {
  varchar: 'string',
  integer: 'int',
  real: 'float',
  varbinary: 'binary',
  timestamp: 'timestamp',
};

/** The name Glue and Hive give a type: `struct<a:bigint>` for a row. */
export const hiveTypeName = (type: Type): string => {
  if (type.k === 'varchar' && type.n !== undefined) return `varchar(${type.n})`;
  if (type.k === 'array') return `array<${hiveTypeName(type.of)}>`;
  if (type.k === 'map') return `map<${hiveTypeName(type.key)},${hiveTypeName(type.value)}>`;
  if (type.k === 'row') {
    return `struct<${type.fields.map((field, index) => `${fieldKey(field, index)}:${hiveTypeName(field.type)}`).join(',')}>`;
  }
  return NAMES[type.k] ?? typeName(type);
};
