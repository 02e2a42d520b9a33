import type * as z from 'zod';

/** What is wrong with a definition, and in which state; without one it is about the machine as a whole. */
export interface Problem {
  readonly state?: string | undefined;
  readonly message: string;
}

const JSONPATH_FIELDS = new Set([
  'InputPath',
  'OutputPath',
  'Parameters',
  'Result',
  'ResultPath',
  'ResultSelector',
  'ItemsPath',
  'MaxConcurrencyPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'ErrorPath',
  'CausePath',
  'Variable',
]);

/** The innermost state a path leads into, and the path of the field within it. */
const locate = (path: readonly string[]): { state: string | undefined; field: readonly string[] } => {
  const inner = innerPath(path);
  if (path[0] !== 'States' || path[1] === undefined) return { state: undefined, field: path };
  if (inner === undefined) return { state: path[1], field: path.slice(2) };
  return locate(inner);
};

const innerPath = (path: readonly string[]): readonly string[] | undefined => {
  if (path[2] === 'ItemProcessor' && path[3] === 'States' && path.length > 4) return path.slice(3);
  if (path[2] === 'Branches' && path[4] === 'States' && path.length > 5) return path.slice(4);
  return undefined;
};

const unknownField = (field: string): string =>
  JSONPATH_FIELDS.has(field)
    ? `${field} belongs to JSONPath; the local cloud runs JSONata only`
    : `the local cloud does not run the field ${field}`;

/** What a schema found wrong, by state. */
export const problemsOf = (error: z.ZodError): Problem[] =>
  error.issues.flatMap((issue) => {
    const { state, field } = locate(issue.path.map(String));
    const prefix = field.length > 0 ? `${field.join('.')}: ` : '';
    const messages = issue.code === 'unrecognized_keys' ? issue.keys.map(unknownField) : [issue.message];
    return messages.map((message) => ({ state, message: `${prefix}${message}` }));
  });
