import { EXIT } from '../errors.ts';
import { counted, print, say } from '../terminal.ts';
import { compareWithLock, sorted, type Comparison } from './comparison.ts';
import { shown } from './show.ts';

/** Options of `tailrace schema check`. */
export interface CheckOptions {
  readonly schemas: string;
  readonly current?: boolean;
  readonly json?: boolean;
}

const REFRESH = 'Run "tailrace schema lock", and commit the file.';

const showPeople = (comparison: Comparison): void => {
  const { path, schemas, changes } = comparison;
  const { breaks, notices } = sorted(changes);
  if (breaks.length + notices.length > 0) print(shown([...breaks, ...notices], comparison));
  if (breaks.length > 0) return;
  print(`Nothing breaks what ${path} holds: ${counted(Object.keys(schemas).length, 'schema')} compared.`);
  if (changes.length > 0) print(`It does not hold ${counted(changes.length, 'change')} yet. ${REFRESH}`);
};

/** Says what would break what the lock holds, and fails on it. */
export const check = async ({ schemas: folder, current, json }: CheckOptions): Promise<void> => {
  const comparison = await compareWithLock(folder);
  const { path, changes } = comparison;
  const { breaks, notices, additions } = sorted(changes);
  if (json)
    print(
      JSON.stringify({ ok: breaks.length === 0, current: changes.length === 0, breaks, notices, additions }),
    );
  else showPeople(comparison);
  if (breaks.length > 0)
    say(
      `error: ${counted(breaks.length, 'change')} would break what ${path} holds. ` +
        'Undo this, or make it on purpose with "tailrace schema lock --accept-breaking <reason>".',
    );
  else if (current && changes.length > 0) say(`error: ${path} is not current. ${REFRESH}`);
  if (breaks.length > 0 || (current && changes.length > 0)) process.exitCode = EXIT.rejects;
};
