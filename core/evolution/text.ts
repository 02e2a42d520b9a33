import { lockSchema, type Lock } from './lock.ts';

type Members = readonly (readonly [name: string, value: unknown])[];

/** What has a line for each of its members. Of indexes, the first that can answers a list; all else is in alphabetical order. */
const LISTED = new Set(['schemas', 'retired', 'indexes', 'references', 'actions', 'access', 'fields']);
const AS_DECLARED = 'indexes';
/** Sentences, each on a line. */
const SENTENCES = 'breaks';

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

const isPlainList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every(isPlain);

const isShort = (value: unknown, name: string): boolean =>
  isPlain(value) || (isPlainList(value) && name !== SENTENCES);

const membersOf = (value: object): Members =>
  Object.entries(value).filter(([, member]) => member !== undefined);

const inOrder = (members: Members): Members => members.toSorted(([one], [other]) => (one < other ? -1 : 1));

const inline = (value: unknown): string =>
  isPlainList(value) ? `[${value.map((part) => JSON.stringify(part)).join(', ')}]` : JSON.stringify(value);

const block = ([open, close]: readonly [string, string], lines: readonly string[], indent: string): string =>
  lines.length === 0
    ? `${open}${close}`
    : `${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`;

/** A value on one line where nothing in it has members of its own, else a line for each of its members. */
const render = (value: unknown, indent: string, name = ''): string => {
  if (isShort(value, name)) return inline(value);
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return block(
      ['[', ']'],
      value.map((part) => render(part, inner)),
      indent,
    );
  const members = membersOf(value as object);
  if (!LISTED.has(name) && members.every(([key, member]) => isShort(member, key)))
    return `{ ${members.map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`).join(', ')} }`;
  const lines = (LISTED.has(name) && name !== AS_DECLARED ? inOrder(members) : members).map(
    ([key, member]) => `${JSON.stringify(key)}: ${render(member, inner, key)}`,
  );
  return block(['{', '}'], lines, indent);
};

/**
 * A lock as the text of its file: JSON with a line for each field, index and right, the same for the same schemas in
 * whatever order they stand.
 */
export const lockText = (lock: Lock): string => `${render(lockSchema.parse(lock), '')}\n`;
