import { entitiesOf } from '../../core/schema/load.ts';
import { explainAws } from '../connection.ts';
import { openSession, untilInterrupted, type LakeOptions } from '../query/session.ts';
import { print } from '../terminal.ts';
import { readStatus } from './read-status.ts';
import { readRelations } from './relations.ts';
import { statusText } from './show-status.ts';

/** What the command line says. */
export interface StatusOptions extends LakeOptions {
  readonly json?: boolean;
}

/** Prints how the lake is. */
export const status = async (options: StatusOptions): Promise<void> => {
  const { schemas } = await import('../../schemas/index.ts');
  const session = await openSession(options);
  try {
    const relations = await readRelations(session);
    const found = await untilInterrupted((signal) =>
      readStatus(session, entitiesOf(schemas), relations, signal),
    );
    print(options.json ? JSON.stringify(found, null, 2) : statusText(found, new Date()));
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
