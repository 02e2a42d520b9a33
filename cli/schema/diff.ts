import { print } from '../terminal.ts';
import { compareWithLock } from './comparison.ts';
import { shown } from './show.ts';

/** Options of `tailrace schema diff`. */
export interface DiffOptions {
  readonly schemas: string;
  readonly json?: boolean;
}

/** Shows every change since the lock. */
export const diff = async ({ schemas, json }: DiffOptions): Promise<void> => {
  const comparison = await compareWithLock(schemas);
  const { changes, path } = comparison;
  if (json) return print(JSON.stringify({ changes }));
  print(changes.length > 0 ? shown(changes, comparison) : `Nothing has changed since ${path}.`);
};
