import type * as z from 'zod';
import type { PlainRecord } from '../../core/http/patch.ts';
import { invalid, ProblemError } from '../../core/http/problem.ts';
import { issuesOf } from '../../core/schema/issues.ts';
import type { Answer, Call, HttpEvent } from './call.ts';
import { parseText, type Model } from './model.ts';

/** The value, valid and in stored form. Throws ProblemError `validation-failed` that names every wrong field. */
export const valid = (schema: z.ZodObject, value: unknown): PlainRecord => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(issuesOf(result.error));
};

/** Throws ProblemError when DynamoDB would refuse the record. */
export const checkLimits = (model: Model, record: PlainRecord): void => {
  const issues = model.limits(record);
  if (issues.length > 0) throw invalid(issues);
};

/** The answer of a missing record. */
export const notFound = ({ route }: Call): ProblemError =>
  new ProblemError(
    'not-found',
    `There is no ${route.entity.name} with this ${route.entity.key.join(' and ')}.`,
  );

/** The key in the path. Throws ProblemError `not-found` when no record could have it. */
export const pathKey = (model: Model, call: Call): PlainRecord =>
  Object.fromEntries(
    model.entity.key.map((name) => {
      const result = parseText(model, name, call.path[name] ?? '');
      if ('value' in result) return [name, result.value];
      throw notFound(call);
    }),
  );

const etag = ({ version }: PlainRecord): string => `"${String(version)}"`;

/** A record as an answer, with its version as ETag. */
export const recordAnswer = (
  status: number,
  record: PlainRecord,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers: { etag: etag(record), ...headers }, body: record });

const ETAG = /(?:W\/)?"[^"]*"/g;

/**
 * Whether the client has what is of this ETag already, as `If-None-Match` says: one or more ETags, weak ones too, or `*`.
 * Source: RFC 9110, section 13.1.2
 */
export const isTagKnown = ({ headers }: HttpEvent, tag: string): boolean => {
  const header = headers['if-none-match'];
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return (header.match(ETAG) ?? []).some((known) => known.replace('W/', '') === tag);
};

/** Whether the client has this version of the record already. */
export const isKnown = ({ event }: Call, record: PlainRecord): boolean => isTagKnown(event, etag(record));

/** The answer when the client has the record already. */
export const notModified = (record: PlainRecord): Answer => ({
  status: 304,
  headers: { etag: etag(record) },
});

/** The version `If-Match` asks for; undefined when any will do. Throws ProblemError when it names none of ours. */
export const expectedVersion = ({ event }: Call): number | undefined => {
  const header = event.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const [, version] = /^\s*"(\d{1,15})"\s*$/.exec(header) ?? [];
  if (version !== undefined) return Number(version);
  throw new ProblemError(
    'precondition-failed',
    `If-Match takes one ETag as it was answered, such as "3" with its quotes.`,
  );
};

/** The answer when the record is there, but of another version than If-Match says. */
export const otherVersion = (version: unknown): ProblemError =>
  new ProblemError(
    'precondition-failed',
    `The record is of version ${String(version)} now. Read it again and decide anew.`,
  );
