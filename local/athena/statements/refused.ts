import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';

/** Athena's statements that the local cloud does not run, by their first words. */
const REFUSED = [
  ['CREATE', 'DATABASE'],
  ['CREATE', 'SCHEMA'],
  ['DROP', 'DATABASE'],
  ['DROP', 'SCHEMA'],
  ['ALTER', 'VIEW'],
  ['ALTER', 'DATABASE'],
  ['MSCK', 'REPAIR', 'TABLE'],
  ['EXPLAIN'],
];

/** Names the statement that will not run, or says that no statement begins so. */
export const refuse = (cursor: Cursor): never => {
  const words = REFUSED.find((candidate) => cursor.at(...candidate));
  if (words) throw new SqlError('NOT_SUPPORTED', `The local cloud does not run ${words.join(' ')} yet`);
  throw cursor.mismatch("'SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'DESCRIBE', 'CREATE', 'DROP'");
};
