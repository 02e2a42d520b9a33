import { callerOf, type Caller } from '../../core/access/caller.ts';
import { grantsFor, hiddenFields, lockedFields, reachOf, type Reach } from '../../core/access/decide.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import { ProblemError, type ProblemIssue } from '../../core/http/problem.ts';
import type { Route } from '../../core/http/routes.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Answer, Call, Claims } from './call.ts';

/** How far the caller of one request may go with the records of one entity. */
export interface Permission {
  readonly entity: Entity;
  readonly caller: Caller;
  readonly reach: Exclude<Reach, 'none'>;
}

const forbidden = (detail: string, errors?: readonly ProblemIssue[]): ProblemError =>
  new ProblemError('forbidden', detail, errors ? { errors } : {});

/** Who calls. Throws ProblemError `unauthorized` for a token of nobody. */
export const callerIn = (claims: Claims): Caller => {
  const caller = callerOf(claims);
  if (caller) return caller;
  throw new ProblemError('unauthorized', 'The token names no subject (the claim "sub").');
};

/**
 * What the token allows on a route. Throws ProblemError `forbidden` when it is nothing, before anything is read: the
 * answer depends on the token and the route alone.
 */
export const permit = (route: Route & { action?: string }, claims: Claims): Permission => {
  const { entity, operation, action } = route;
  const caller = callerIn(claims);
  const grants = grantsFor(entity.access, { operation, action });
  const reach = reachOf(grants, caller);
  if (reach !== 'none') return { entity, caller, reach };
  throw forbidden(
    `To ${action ?? operation} ${entity.plural} takes ${grants.join(' or ') || 'more than any token gives'}. ` +
      `The token has ${[...caller.groups].map((group) => `group:${group}`).join(', ') || 'no group'}.`,
  );
};

/** What a request for the caller's own records is bound to. */
export interface Bound {
  readonly field: string;
  readonly subject: string;
}

/** The owner field and its only allowed value; undefined when the caller may go for every record. */
export const boundOf = ({ entity, caller, reach }: Permission): Bound | undefined =>
  reach === 'own' && entity.access.owner !== undefined
    ? { field: entity.access.owner, subject: caller.subject }
    : undefined;

const isOwn = ({ entity: { access }, caller, reach }: Permission, record: PlainRecord): boolean =>
  reach === 'own' ||
  (access.owner !== undefined && caller.isPerson && record[access.owner] === caller.subject);

const without = (record: PlainRecord, names: readonly string[]): PlainRecord =>
  names.length === 0
    ? record
    : Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const picked = (record: PlainRecord, fields: readonly string[] | undefined): PlainRecord =>
  fields ? Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name))) : record;

/** A record as the caller sees it, and of that the fields it asked for. */
const shown = (permission: Permission, record: PlainRecord, fields: Answer['fields']): PlainRecord => {
  const hidden = hiddenFields(permission.entity.access, permission.caller, isOwn(permission, record));
  return picked(without(record, hidden), fields);
};

/** An answer as the caller sees it: without the fields that are not for it, or that it did not ask for. */
export const present = ({ permission, route }: Call, answer: Answer): Answer => {
  const { body, fields } = answer;
  const isWhole = fields === undefined && Object.keys(permission.entity.access.fields).length === 0;
  if (typeof body !== 'object' || body === null || isWhole) return answer;
  if (route.operation !== 'list') return { ...answer, body: shown(permission, body as PlainRecord, fields) };
  const { items, ...rest } = body as { items: readonly PlainRecord[] };
  return { ...answer, body: { items: items.map((item) => shown(permission, item, fields)), ...rest } };
};

const isObject = (value: unknown): value is PlainRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuseLocked = (permission: Permission, body: PlainRecord): void => {
  const { entity, caller, reach } = permission;
  const locked = new Set(lockedFields(entity.access, caller, reach === 'own'));
  const errors = Object.keys(body)
    .filter((name) => locked.has(name))
    .map((name) => ({ pointer: `/${name}`, message: 'This field is not yours to set' }));
  if (errors.length > 0) throw forbidden('The request sets fields the token does not allow.', errors);
};

/** What the client sent to change a record. Throws ProblemError `forbidden` that names each field that is not its to set. */
export const admitChange = (permission: Permission, body: unknown): unknown => {
  if (isObject(body)) refuseLocked(permission, body);
  return body;
};

/** What the client sent to create a record, with its owner: whoever creates but their own must be that owner. */
export const admitCreate = (permission: Permission, body: unknown): unknown => {
  if (!isObject(body)) return body;
  refuseLocked(permission, body);
  const bound = boundOf(permission);
  if (!bound || isServerMade(permission.entity, bound.field)) return body;
  const { field, subject } = bound;
  const given = Object.hasOwn(body, field) ? body[field] : subject;
  if (given === subject) return { ...body, [field]: subject };
  throw forbidden('You may create your own records only.', [
    { pointer: `/${field}`, message: 'Must be the subject of your token: leave it out' },
  ]);
};

const isServerMade = ({ fields }: Entity, name: string): boolean =>
  fields.find((field) => field.name === name)?.readOnly === true;

/** What the server sets on the caller's own new record: an owner field no request may carry, such as `id`. */
export const ownFields = (permission: Permission): PlainRecord => {
  const bound = boundOf(permission);
  return bound && isServerMade(permission.entity, bound.field) ? { [bound.field]: bound.subject } : {};
};

/**
 * The parameters of a list with the owner forced. Throws ProblemError `forbidden` for a list of another owner; it
 * depends on the request alone, never on a record.
 */
export const admitList = (
  permission: Permission,
  asked: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const bound = boundOf(permission);
  if (!bound) return asked;
  const { field, subject } = bound;
  const given = Object.hasOwn(asked, field) ? asked[field] : subject;
  if (given === subject) return { [field]: subject, ...asked };
  const { plural } = permission.entity;
  throw forbidden(`You may list your own ${plural} only.`, [
    { parameter: field, message: 'Must be the subject of your token: leave it out' },
  ]);
};

/**
 * Throws ProblemError `forbidden` when one of the fields asked for is hidden from the caller in every record, its own
 * included. It depends on the request alone; what is hidden in some records is left out of the answer.
 */
export const checkReadFields = ({ entity, caller, reach }: Permission, names: readonly string[]): void => {
  const mayOwn = reach === 'own' || (entity.access.owner !== undefined && caller.isPerson);
  const hidden = hiddenFields(entity.access, caller, mayOwn);
  const errors = names
    .filter((name) => hidden.includes(name))
    .map((name) => ({ parameter: 'fields', message: `"${name}" is not yours to see` }));
  if (errors.length > 0) throw forbidden(`The token does not let you read ${entity.plural} so.`, errors);
};

/** Throws ProblemError `forbidden` when a list would be found or sorted by a field the caller does not see. */
export const checkListFields = (permission: Permission, names: readonly string[]): void => {
  const { entity, caller, reach } = permission;
  const hidden = new Set(hiddenFields(entity.access, caller, reach === 'own'));
  const errors = names
    .filter((name) => hidden.has(name))
    .map((name) => ({ parameter: name, message: 'This field is not yours to see' }));
  if (errors.length > 0) throw forbidden(`The token does not let you list ${entity.plural} so.`, errors);
};
