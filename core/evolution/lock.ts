import * as z from 'zod';
import type { FieldType } from '../schema/field-type.ts';
import type { LakePolicy } from '../schema/personal.ts';

/**
 * What a value must keep to, in the words of JSON Schema where it has them. A pattern is written with its flags, and
 * rules that are functions by their text: `custom` are those that refuse, `rewrite` those that change a value.
 */
export interface Rules {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: readonly number[];
  readonly enum?: readonly string[];
  readonly format?: readonly string[];
  readonly pattern?: readonly string[];
  readonly custom?: readonly string[];
  readonly rewrite?: readonly string[];
  /** True when texts are taken for numbers, and the like. */
  readonly coerce?: true;
}

/** A type and its rules, with those of its parts. */
export interface LockedType extends Rules {
  readonly type: FieldType['type'];
  readonly precision?: number;
  readonly scale?: number;
  readonly items?: LockedType;
  readonly fields?: LockedFields;
}

/** Every policy but `token`. */
export type LockedPolicy = Exclude<LakePolicy, 'token'>;

/** A field. Without `presence` it is in every record, with `default` in every record that is made. */
export interface LockedField extends LockedType {
  /** Where it is not the field's own name. */
  readonly column?: string;
  readonly presence?: 'optional' | 'default';
  /** Of an enumeration, such as the state a record begins in. Other defaults may be made anew each time. */
  readonly default?: string;
  readonly readOnly?: true;
  readonly immutable?: true;
  /** How the lake gets it; true is as a token. */
  readonly personal?: true | LockedPolicy;
  readonly unit?: string;
}

export type LockedFields = Readonly<Record<string, LockedField>>;

const word = z.string();
const words = z.array(word);
const byName = <T extends z.ZodType>(value: T) => z.record(word, value);
const number = z.number().optional();
const flag = z.literal(true).optional();

const typeShape = {
  type: z.enum([
    'string',
    'boolean',
    'integer',
    'number',
    'timestamp',
    'date',
    'money',
    'decimal',
    'array',
    'object',
  ]),
  precision: number,
  scale: number,
  minLength: number,
  maxLength: number,
  minItems: number,
  maxItems: number,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: z.array(z.number()).optional(),
  enum: words.optional(),
  format: words.optional(),
  pattern: words.optional(),
  custom: words.optional(),
  rewrite: words.optional(),
  coerce: flag,
  items: z.lazy((): z.ZodType<LockedType> => lockedType).optional(),
  fields: byName(z.lazy((): z.ZodType<LockedField> => lockedField)).optional(),
};

const lockedType: z.ZodType<LockedType> = z.strictObject(typeShape);
const lockedField: z.ZodType<LockedField> = z.strictObject({
  ...typeShape,
  column: word.optional(),
  presence: z.enum(['optional', 'default']).optional(),
  default: word.optional(),
  readOnly: flag,
  immutable: flag,
  personal: z.union([z.literal(true), z.enum(['drop', 'year', 'month', 'clear'])]).optional(),
  unit: word.optional(),
});

const head = { file: word, plural: word, version: z.int() };
/** Whose data it is stands there where it is not the owner's. */
const body = { subject: word.optional(), access: byName(words), fields: byName(lockedField) };

const lockedEntity = z.strictObject({
  kind: z.literal('entity'),
  ...head,
  upgrade: z.array(z.int()),
  key: words,
  indexes: byName(words),
  unique: z.array(words),
  references: byName(z.strictObject({ entity: word, onDelete: word })),
  expires: word.optional(),
  unnest: byName(word).default({}),
  actions: byName(z.strictObject({ field: word, from: words, to: word })),
  owner: word.optional(),
  /** Where erasing a person leaves the record, without what is personal. */
  erase: z.literal('anonymise').optional(),
  ...body,
});

const lockedEvent = z.strictObject({ kind: z.literal('event'), ...head, ...body });

/** What a lock file holds, its members in the order of the file. */
export const lockSchema = z.strictObject({
  format: z.literal(1),
  schemas: byName(z.discriminatedUnion('kind', [lockedEntity, lockedEvent])),
  /** By schema: columns that files of the log have and no schema any more, each with the types it had. */
  retired: byName(byName(words)),
  /** Breaks somebody made on purpose, and why. */
  accepted: z.array(z.strictObject({ reason: word, breaks: words })),
});

export type Lock = z.infer<typeof lockSchema>;
export type LockedEntity = z.infer<typeof lockedEntity>;
export type LockedEvent = z.infer<typeof lockedEvent>;
export type LockedSchema = LockedEntity | LockedEvent;

/** The lock of no schema. */
export const EMPTY_LOCK: Lock = { format: 1, schemas: {}, retired: {}, accepted: [] };
