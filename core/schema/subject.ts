import * as z from 'zod';
import { LONGEST_SUBJECT, QUARANTINE_SUBJECT } from '../privacy/subject.ts';
import type { Entity } from './entity.ts';
import type { Event } from './event.ts';
import { SchemaError } from './error.ts';
import type { Field } from './field-type.ts';
import { hasPolicy, innerFields, isSealed } from './personal.ts';
import { referenceIndex } from './references.ts';

/** What erasing a person does to the records that are theirs. */
export type Erase = 'delete' | 'anonymise';

/** The option `erase` of an entity. */
export const eraseOption = z.enum(['delete', 'anonymise']).default('delete');

type Owned = Pick<Entity | Event, 'name' | 'fields' | 'shape' | 'subject'>;

const fieldOf = ({ name, fields }: Owned, subject: string): Field => {
  const field = fields.find((candidate) => candidate.name === subject);
  if (field) return field;
  const known = fields.map((candidate) => candidate.name).join(', ');
  throw new SchemaError(`${name}.subject`, `there is no field "${subject}"`, `Use one of ${known}`);
};

const takes = ({ shape }: Owned, subject: string, value: string): boolean =>
  z.safeParse(shape[subject] as z.core.$ZodType, value).success;

const NO_SUBJECTS = ['', QUARANTINE_SUBJECT, 'x'.repeat(LONGEST_SUBJECT + 1)];

const checkSubject = (owned: Owned, subject: string): void => {
  const place = `${owned.name}.subject`;
  const { type, personal } = fieldOf(owned, subject);
  if (type.type !== 'string')
    throw new SchemaError(place, `"${subject}" is of type ${type.type}`, 'Name a field that is an id()');
  if (personal && personal.lake !== 'clear')
    throw new SchemaError(
      place,
      `"${subject}" is personal itself, and would stand in every token in clear`,
      'Name a made identifier, such as the key of the person',
    );
  if (NO_SUBJECTS.some((value) => takes(owned, subject, value)))
    throw new SchemaError(
      place,
      `"${subject}" takes texts that keys cannot be kept under`,
      `Make "${subject}" an id()`,
    );
};

const checkFound = (entity: Entity, subject: string): void => {
  if (entity.key[0] === subject || referenceIndex(entity, subject) !== undefined) return;
  throw new SchemaError(
    `${entity.name}.subject`,
    `no index finds every record of one "${subject}", so they could not be erased`,
    `Add an index, such as indexes: { by${subject[0]?.toUpperCase()}${subject.slice(1)}: ['${subject}'] }`,
  );
};

const checkClearKey = ({ name, key, fields }: Entity): void => {
  const field = fields.find(
    (one) => key.includes(one.name) && hasPolicy(one, ({ lake }) => lake !== 'clear'),
  );
  if (!field) return;
  throw new SchemaError(
    `${name}.${field.name}`,
    'it is the key of the record, which the lake finds changes by, and cannot be hidden',
    "Leave key out, so that the server makes an id, or say why it may be read: { lake: 'clear', reason: '…' }",
  );
};

const checkUnnested = ({ name, fields, unnest }: Entity): void => {
  for (const field of fields)
    if (field.name in unnest && field.personal && field.personal.lake !== 'clear')
      throw new SchemaError(
        `${name}.unnest.${field.name}`,
        `the lake has "${field.name}" only as a whole`,
        'Say personal of the members alone, or leave the view out',
      );
};

/** A field that erasing would leave as it is, if there is one. */
const staysAfter = (field: Field): Field | undefined => {
  if (field.personal) return field.required && field.personal.erased === undefined ? field : undefined;
  return innerFields(field.type).map(staysAfter).find(Boolean);
};

const checkAnonymise = ({ name, fields, subject, unique }: Entity): void => {
  const place = `${name}.erase`;
  if (subject === undefined)
    throw new SchemaError(place, 'nothing says whose data it is', "Add subject: '<field>'");
  const staying = fields.map(staysAfter).find(Boolean);
  if (staying)
    throw new SchemaError(
      place,
      `"${staying.name}" is personal and in every record, and nothing says what takes its place`,
      `Make "${staying.name}" optional, or say personal: { erased: … }`,
    );
  const shared = fields.find(
    (field) => field.personal?.erased !== undefined && unique.some((rule) => rule.includes(field.name)),
  );
  if (shared)
    throw new SchemaError(
      place,
      `no two records may have the same "${shared.name}", and erased ones would`,
      `Make "${shared.name}" optional instead of giving it a value, or leave erase out`,
    );
};

const checkWhose = (owned: Owned, isSaid: boolean): void => {
  const sealed = owned.fields.find(isSealed);
  if (owned.subject !== undefined && (sealed || isSaid)) checkSubject(owned, owned.subject);
  if (!sealed || owned.subject !== undefined) return;
  throw new SchemaError(
    `${owned.name}.${sealed.name}`,
    'it is personal, and nothing says whose data it is',
    "Add subject: '<field>' with the identifier of the person, or personal: { lake: 'drop' }",
  );
};

/** Throws SchemaError for personal data of an event that could not be kept as its file says. */
export const checkPersonalEvent = (event: Event): void => checkWhose(event, true);

/** Throws SchemaError for personal data of an entity that could not be kept or erased as its file says. */
export const checkPersonal = (entity: Entity, isSaid: boolean): void => {
  checkWhose(entity, isSaid);
  if (entity.subject !== undefined && entity.fields.some((field) => hasPolicy(field, () => true)))
    checkFound(entity, entity.subject);
  checkClearKey(entity);
  checkUnnested(entity);
  if (entity.erase === 'anonymise') checkAnonymise(entity);
};
