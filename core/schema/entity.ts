import * as z from 'zod';
import { actionsOption, checkActions, type ActionOptions, type Actions } from './actions.ts';
import { accessOf, accessSchema, type Access, type AccessOptions } from '../access/access.ts';
import { checkAccess } from '../access/check.ts';
import { defaultsOf, type Default } from './defaults.ts';
import { SchemaError } from './error.ts';
import { describeFields, type Field } from './field-type.ts';
import { id, timestamp } from './fields.ts';
import { INTERNAL } from '../table/internal.ts';
import { parseOptions, type Shape } from './options.ts';
import { checkReferences, referencesOption, type References } from './references.ts';
import { checkPersonal, eraseOption, type Erase } from './subject.ts';
import { checkUnique, uniqueOption } from './unique.ts';
import { checkUnnest, unnestOption, type Unnest } from './unnest.ts';
import { checkUpgrade, upgradeOption, type Upgrade } from './upgrade.ts';

/** The attributes every record has besides its own fields. */
export const systemFields = {
  version: z.int().min(1).meta({ readOnly: true, description: 'Counts the changes of this record, from 1' }),
  createdAt: timestamp().meta({ readOnly: true, description: 'When the record was created' }),
  updatedAt: timestamp().meta({ readOnly: true, description: 'When the record last changed' }),
} as const;

const generatedId = { id: id().meta({ readOnly: true, description: 'Identifier of the record' }) } as const;

/** Mutable state: one DynamoDB table, captured by its stream. */
export interface Entity<F extends Shape = Shape> {
  readonly kind: 'entity';
  readonly name: string;
  readonly plural: string;
  readonly description: string;
  /** Version of the schema itself, counted by its author. */
  readonly version: number;
  /** Every field of a record with its Zod schema, `id` and the system fields included. */
  readonly shape: Shape;
  readonly fields: readonly Field[];
  /** What a record has where it was written before its schema had the field. */
  readonly defaults: readonly Default[];
  /** One or two field names: partition key, sort key. */
  readonly key: readonly [string] | readonly [string, string];
  /** Index name to its one or two key fields. */
  readonly indexes: Readonly<Record<string, readonly [string] | readonly [string, string]>>;
  /** Fields whose values together no two records share. */
  readonly unique: readonly (readonly string[])[];
  /** Fields that hold the key of a record of another entity. */
  readonly references: References;
  /** The timestamp at which a record expires, if the entity's records do. */
  readonly expires: string | undefined;
  /** Makes today's shape of what was written under an earlier version, step by step. */
  readonly upgrade: Upgrade;
  /** Views of the lake with a row for each element of a list field. */
  readonly unnest: Unnest;
  /** Moves between the states of a record, by name. */
  readonly actions: Actions;
  /** Who may do what with its records. */
  readonly access: Access;
  /** The field that says whose data a record is. */
  readonly subject: string | undefined;
  /** What erasing that person does to the record. */
  readonly erase: Erase;
  /** Carries the type of the fields; no value. */
  readonly own?: F;
}

/** What a schema file says of an entity. */
export interface EntityOptions<F extends Shape> {
  name: string;
  description: string;
  fields: F;
  plural?: string;
  version?: number;
  /** Key fields; left out, the server makes an `id`. */
  key?: readonly [string] | readonly [string, string];
  indexes?: Readonly<Record<string, readonly [string] | readonly [string, string]>>;
  /** Fields, or lists of fields, whose values no two records share. */
  unique?: readonly (string | readonly string[])[];
  /** Fields that hold the key of a record of another entity, which must be there and stay. */
  references?: References;
  /** The timestamp field at which a record expires: hidden at once, swept by DynamoDB. */
  expires?: string;
  /** By the version it leads on from: makes a record of the next version. */
  upgrade?: Upgrade;
  /** By list field, the name of a view of the lake with a row for each of its elements. */
  unnest?: Unnest;
  actions?: Readonly<Record<string, ActionOptions>>;
  /** Who may do what. Left out, everything is for the group `staff`. */
  access?: AccessOptions;
  /** The field with the identifier of the person whose data a record is. Left out, it is the owner. */
  subject?: string;
  /** What erasing that person does: the record goes, or it stays without what is personal. Left out, it goes. */
  erase?: Erase;
}

/** The type of a record, as it is stored and answered. */
export type Item<E> =
  E extends Entity<infer F>
    ? { id: string } & { [K in keyof F]: z.output<F[K]> } & {
        version: number;
        createdAt: string;
        updatedAt: string;
      }
    : never;

const keys = z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])]);

const optionsSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower snake case, at most 40 characters'),
  description: z.string().min(1),
  fields: z.record(z.string(), z.custom<Shape[string]>()),
  plural: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower snake case')
    .optional(),
  version: z.int().min(1).default(1),
  key: keys.default(['id']),
  indexes: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{2,}$/, 'must be camelCase, from 3 characters'), keys)
    .default({}),
  unique: uniqueOption,
  actions: actionsOption,
  expires: z.string().optional(),
  references: referencesOption,
  upgrade: upgradeOption,
  unnest: unnestOption,
  access: accessSchema.prefault({}),
  subject: z.string().optional(),
  erase: eraseOption,
});

const KEY_TYPES = new Set(['string', 'timestamp', 'date', 'integer', 'decimal']);

const checkKeyField = (entity: Entity, place: string, name: string): void => {
  const field = entity.fields.find((candidate) => candidate.name === name);
  const known = entity.fields.map((candidate) => candidate.name).join(', ');
  if (!field) throw new SchemaError(place, `there is no field "${name}"`, `Use one of ${known}`);
  if (!KEY_TYPES.has(field.type.type))
    throw new SchemaError(
      place,
      `"${name}" is of type ${field.type.type}, which cannot be a key`,
      'Use a text, timestamp, date or integer field',
    );
  if (field.type.type === 'string' && !field.type.neverEmpty)
    throw new SchemaError(
      place,
      `"${name}" may be empty, and DynamoDB refuses empty key text`,
      `Add .min(1) to "${name}"`,
    );
};

const checkKeys = (entity: Entity): void => {
  for (const name of entity.key) {
    checkKeyField(entity, `${entity.name}.key`, name);
    if (!entity.fields.find((field) => field.name === name)?.required)
      throw new SchemaError(
        `${entity.name}.key`,
        `"${name}" is optional`,
        'A key field is in every record: leave out .optional() and .default()',
      );
  }
  for (const [index, names] of Object.entries(entity.indexes))
    for (const name of names) checkKeyField(entity, `${entity.name}.indexes.${index}`, name);
};

const checkExpires = ({ name, expires, fields }: Entity): void => {
  if (expires === undefined) return;
  const field = fields.find((candidate) => candidate.name === expires);
  if (field?.type.type === 'timestamp') return;
  throw new SchemaError(
    `${name}.expires`,
    field ? `"${expires}" is of type ${field.type.type}` : `there is no field "${expires}"`,
    'Name a timestamp() field',
  );
};

/** Tables of the deployment itself are called so. */
const TABLES = new Set(['keys', 'insights']);

const checkName = (name: string): void => {
  if (!TABLES.has(name)) return;
  throw new SchemaError(
    `${name}.name`,
    `"${name}" is a table of the deployment itself`,
    'Choose another name',
  );
};

const checkSystemNames = (name: string, fields: Shape, madeId: boolean): void => {
  const taken = new Set([...Object.keys(systemFields), ...INTERNAL, 'dt', ...(madeId ? ['id'] : [])]);
  for (const field of Object.keys(fields)) {
    if (taken.has(field) || field.startsWith('change'))
      throw new SchemaError(
        `${name}.${field}`,
        `"${field}" is a reserved name: every record and change row has its own`,
        'Rename the field',
      );
  }
};

/**
 * Declares mutable state: from this one value come the API, the table, the lake and their documents.
 * Throws SchemaError, which names the field and the cure, for anything a target cannot hold.
 *
 * @example
 * export const coupon = entity({
 *   name: 'coupon',
 *   description: 'A discount',
 *   fields: { code: z.string().min(1), discount: z.int().min(1).max(100) },
 *   indexes: { byCode: ['code'] },
 * });
 */
export const entity = <const F extends Shape>(options: EntityOptions<F>): Entity<F> => {
  const said = parseOptions(optionsSchema, options);
  checkName(said.name);
  const madeId = said.key.length === 1 && said.key[0] === 'id' && !('id' in options.fields);
  checkSystemNames(said.name, options.fields, madeId);
  const shape: Shape = { ...(madeId ? generatedId : {}), ...options.fields, ...systemFields };
  const { fields: _fields, ...rest } = said;
  const declared: Entity<F> = {
    kind: 'entity',
    ...rest,
    expires: said.expires,
    plural: said.plural ?? `${said.name}s`,
    shape,
    access: accessOf(said.access),
    subject: said.subject ?? said.access.owner,
    fields: describeFields(shape, said.name),
    defaults: defaultsOf(shape),
  };
  checkKeys(declared);
  checkUnique(declared);
  checkUpgrade(declared);
  checkExpires(declared);
  checkReferences(declared);
  checkActions(declared);
  checkUnnest(declared);
  checkAccess(declared);
  checkPersonal(declared, said.subject !== undefined);
  return Object.freeze(declared);
};
