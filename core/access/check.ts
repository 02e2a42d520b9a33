import { SchemaError } from '../schema/error.ts';
import type { Field } from '../schema/field-type.ts';
import { grantsIn, type Access } from './access.ts';
import { isCovered, type Grant } from './grant.ts';

/** What access is checked against: the part of an entity it speaks of. */
export interface Guarded {
  readonly name: string;
  readonly access: Access;
  readonly fields: readonly Field[];
  readonly key: readonly [string, string?];
  readonly indexes: Readonly<Record<string, readonly [string, string?]>>;
}

type Check = (entity: Guarded, place: string) => void;

const fieldNamed = ({ fields }: Guarded, place: string, name: string): Field => {
  const field = fields.find((candidate) => candidate.name === name);
  if (field) return field;
  const known = fields.map((candidate) => candidate.name).join(', ');
  throw new SchemaError(place, `there is no field "${name}"`, `Use one of ${known}`);
};

const checkOwner: Check = (entity, place) => {
  const { owner } = entity.access;
  if (owner === undefined) {
    if (!grantsIn(entity.access).includes('owner')) return;
    throw new SchemaError(place, '"owner" is granted, but no field names the owner', "Add owner: '<field>'");
  }
  const field = fieldNamed(entity, `${place}.owner`, owner);
  const at = `${place}.owner`;
  if (field.type.type !== 'string' || !field.required)
    throw new SchemaError(at, `"${owner}" is not a text in every record`, 'Use a required text field');
  if (!entity.key.includes(owner) && !field.immutable && !field.readOnly)
    throw new SchemaError(
      at,
      `"${owner}" can change, and a record could be given away`,
      `Add .meta({ immutable: true }) to "${owner}"`,
    );
};

const checkOwnKey: Check = ({ access, fields, key }, place) => {
  if (!access.create.includes('owner')) return;
  const isMade = fields.find(({ name }) => name === key[0])?.readOnly;
  if (isMade || key[0] === access.owner) return;
  throw new SchemaError(
    `${place}.create`,
    `owners choose the key "${key[0]}", and so learn which keys others have`,
    `Start the key with "${String(access.owner)}", or leave key out`,
  );
};

const checkOwnList: Check = ({ access, key, indexes }, place) => {
  const { owner, list } = access;
  if (owner === undefined || !list.includes('owner')) return;
  if ([key, ...Object.values(indexes)].some(([partition]) => partition === owner)) return;
  throw new SchemaError(
    `${place}.list`,
    `no index finds the records of one "${owner}"`,
    `Declare an index such as byOwner: ['${owner}'], or set list to those who see all`,
  );
};

const checkReaders: Check = ({ access }, place) => {
  const needed: readonly (readonly [string, readonly Grant[]])[] = [
    ['list', access.list],
    ['change', access.change],
    ['delete', access.delete],
    ...Object.entries(access.actions).map(([name, grants]) => [`actions.${name}`, grants] as const),
  ];
  for (const [what, grants] of needed) {
    const blind = grants.find((grant) => !isCovered(grant, access.read));
    if (blind)
      throw new SchemaError(
        `${place}.${what}`,
        `"${blind}" may not read what it gets as the answer`,
        `Add "${blind}" to read`,
      );
  }
};

const checkFields: Check = (entity, place) => {
  const { access, key } = entity;
  const open = new Set([...key, access.owner, 'version', 'createdAt', 'updatedAt']);
  for (const [name, { read, write }] of Object.entries(access.fields)) {
    const at = `${place}.fields.${name}`;
    const field = fieldNamed(entity, at, name);
    if (open.has(name))
      throw new SchemaError(at, `"${name}" is part of every answer and of no request`, 'Leave it out');
    const isNeeded = field.required && !field.readOnly;
    const needs = isNeeded ? [read, write].filter((grants) => grants !== undefined) : [];
    const blind = access.create.find((grant) => needs.some((grants) => !isCovered(grant, grants)));
    if (blind)
      throw new SchemaError(
        at,
        `"${blind}" may create records, but not set "${name}", which is required`,
        `Add "${blind}" to read and write, or make "${name}" optional`,
      );
  }
};

const CHECKS: readonly Check[] = [checkOwner, checkOwnKey, checkOwnList, checkReaders, checkFields];

/** Throws SchemaError when the access of an entity cannot be kept, or would tell of others' records. */
export const checkAccess = (entity: Guarded): void => {
  for (const check of CHECKS) check(entity, `${entity.name}.access`);
};
