import { relationDescriptions } from '../../core/lake/descriptions.ts';
import { isRunTable } from '../../core/marts/names.ts';
import { explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import { readRelations, type Relation } from '../lake/relations.ts';
import { openSession, untilInterrupted, type LakeOptions, type Session } from '../query/session.ts';
import { print } from '../terminal.ts';
import { measure, type Measured } from './measure.ts';
import { listText, relationText } from './show.ts';

/** What the command line says. */
export interface TablesOptions extends LakeOptions {
  readonly json?: boolean;
}

/** The relations of a lake, each with what it is. */
export const describedRelations = async (session: Session): Promise<Relation[]> => {
  const { schemas } = await import('../../schemas/index.ts');
  const descriptions = relationDescriptions(schemas);
  const relations = await readRelations(session);
  return relations.map((relation) => ({
    ...relation,
    comment: relation.comment || (descriptions.get(relation.name) ?? ''),
  }));
};

const find = (relations: readonly Relation[], name: string): Relation => {
  const found = relations.find((relation) => relation.name === name.toLowerCase());
  if (found) return found;
  throw new UserError(
    `There is no table or view "${name}".`,
    `There are ${relations.flatMap(({ name: other }) => (isRunTable(other) ? [] : [other])).join(', ')}.`,
  );
};

const toJson = ({ name, kind, comment, rows, bytes, newest, problem, columns }: Measured) => ({
  name,
  kind,
  comment,
  rows,
  bytes,
  newest,
  ...(problem && { problem }),
  columns,
});

/** Prints the tables and views of a lake, or one of them with its columns. */
export const tables = async (name: string | undefined, options: TablesOptions): Promise<void> => {
  const session = await openSession(options);
  try {
    const all = await describedRelations(session);
    const wanted = name === undefined ? all.filter((one) => !isRunTable(one.name)) : [find(all, name)];
    const measured = await untilInterrupted((signal) => measure(session, wanted, all, signal));
    const [one] = measured;
    if (options.json)
      print(JSON.stringify(name === undefined ? measured.map(toJson) : toJson(one!), null, 2));
    else print(name === undefined || !one ? listText(measured, new Date()) : relationText(one, new Date()));
  } catch (error) {
    throw explainAws(error, options.data);
  }
};
