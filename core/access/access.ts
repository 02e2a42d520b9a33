import * as z from 'zod';
import { grantSchema, STAFF, type Grant } from './grant.ts';

/** Who sees a field and who sets it. */
export interface FieldAccess {
  readonly read: readonly Grant[] | undefined;
  readonly write: readonly Grant[] | undefined;
}

/** Who may do what with the records of an entity. */
export interface Access {
  /** The field that names the owner of a record: it equals the subject of the owner's token. */
  readonly owner: string | undefined;
  readonly create: readonly Grant[];
  readonly read: readonly Grant[];
  readonly list: readonly Grant[];
  readonly change: readonly Grant[];
  readonly delete: readonly Grant[];
  /** By name of action. An action that is not here is for staff. */
  readonly actions: Readonly<Record<string, readonly Grant[]>>;
  /** Fields that are not for everybody who may read or change the record. */
  readonly fields: Readonly<Record<string, FieldAccess>>;
}

/** What a schema file says of access. What it leaves out is for staff; `list` follows `read`. */
export interface AccessOptions {
  owner?: string;
  create?: readonly Grant[];
  read?: readonly Grant[];
  list?: readonly Grant[];
  change?: readonly Grant[];
  delete?: readonly Grant[];
  actions?: Readonly<Record<string, readonly Grant[]>>;
  fields?: Readonly<Record<string, { read?: readonly Grant[]; write?: readonly Grant[] }>>;
}

/** Who may report an event. Default: staff. */
export interface EventAccess {
  readonly create: readonly Grant[];
}

const grants = z.array(grantSchema).readonly();

/** The option `access` of an entity. */
export const accessSchema = z.strictObject({
  owner: z.string().optional(),
  create: grants.default(STAFF),
  read: grants.default(STAFF),
  list: grants.optional(),
  change: grants.default(STAFF),
  delete: grants.default(STAFF),
  actions: z.record(z.string(), grants).default({}),
  fields: z
    .record(z.string(), z.strictObject({ read: grants.optional(), write: grants.optional() }))
    .default({}),
});

/** The option `access` of an event. */
export const eventAccessSchema = z.strictObject({ create: grants.default(STAFF) });

/** The access of an entity, whole. */
export const accessOf = ({ list, owner, fields, ...said }: z.output<typeof accessSchema>): Access => ({
  ...said,
  owner,
  list: list ?? said.read,
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, { read, write }]) => [name, { read, write }]),
  ),
});

/** Every grant that some access names. */
export const grantsIn = (access: Access): Grant[] => [
  ...access.create,
  ...access.read,
  ...access.list,
  ...access.change,
  ...access.delete,
  ...Object.values(access.actions).flat(),
  ...Object.values(access.fields).flatMap(({ read = [], write = [] }) => [...read, ...write]),
];
