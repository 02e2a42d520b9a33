import type * as z from 'zod';

/** One thing wrong with an input: where (RFC 6901 pointer) and what. */
export interface Issue {
  readonly pointer: string;
  readonly message: string;
}

const escape = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

/** A JSON pointer of path parts: `['lines', 0, 'quantity']` is `/lines/0/quantity`. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${escape(part)}`).join('');

const toIssues = (issue: z.core.$ZodIssue): Issue[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        pointer: pointer([...issue.path, key]),
        message: 'There is no such field here',
      }))
    : [{ pointer: pointer(issue.path), message: issue.message }];

/** Every wrong field of a failed parse, each named by itself. */
export const issuesOf = (error: z.core.$ZodError): Issue[] => error.issues.flatMap(toIssues);
