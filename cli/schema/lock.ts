import { writeLock } from '../../core/evolution/lock-file.ts';
import { nextLock } from '../../core/evolution/make.ts';
import { EXIT } from '../errors.ts';
import { counted, print, say } from '../terminal.ts';
import { compare, sorted, type Comparison } from './comparison.ts';
import { shown } from './show.ts';

/** Options of `tailrace schema lock`. */
export interface LockOptions {
  readonly schemas: string;
  readonly acceptBreaking?: string;
  readonly json?: boolean;
}

const summary = ({ path, lock, schemas, changes }: Comparison): string => {
  if (!lock) return `${path} is written: ${counted(Object.keys(schemas).length, 'schema')}.`;
  if (changes.length === 0) return `${path} is current.`;
  const { breaks } = sorted(changes);
  const accepted = breaks.length > 0 ? `, of which ${counted(breaks.length, 'break')} on purpose` : '';
  return `${path} is written: ${counted(changes.length, 'change')}${accepted}.`;
};

const refuse = (comparison: Comparison, json: boolean): void => {
  const { breaks } = sorted(comparison.changes);
  if (json) print(JSON.stringify({ written: false, breaks }));
  else print(shown(breaks, comparison));
  say(
    `error: ${comparison.path} is as it was: ${counted(breaks.length, 'change')} would break what it holds. ` +
      'Add --accept-breaking <reason> to make it on purpose.',
  );
  process.exitCode = EXIT.rejects;
};

/** Writes the lock, unless something would break and no reason is given. */
export const lock = async ({
  schemas: folder,
  acceptBreaking: reason,
  json = false,
}: LockOptions): Promise<void> => {
  const comparison = await compare(folder);
  const { breaks } = sorted(comparison.changes);
  if (breaks.length > 0 && reason === undefined) return refuse(comparison, json);
  const isNew = !comparison.lock || comparison.changes.length > 0;
  if (isNew) await writeLock(folder, nextLock(comparison.lock, comparison.schemas, reason));
  if (json) return print(JSON.stringify({ written: isNew, changes: comparison.changes }));
  if (comparison.lock && isNew) print(shown(comparison.changes, comparison));
  print(summary(comparison));
};
