import type { Entity } from '../schema/entity.ts';
import { entityColumns } from './columns.ts';
import { logTable } from './log-table.ts';

const quote = (name: string): string => `"${name}"`;

/**
 * The statement that makes an entity's current-state view: the newest change of each key, deletes gone.
 * Duplicates of one change rank apart, so a change delivered twice counts once.
 *
 * @example
 * currentView(order, 'tailrace_dev') // CREATE OR REPLACE VIEW "tailrace_dev"."orders" AS …
 */
export const currentView = (entity: Entity, database: string): string => {
  const columns = entityColumns(entity).map(({ name }) => quote(name));
  const keyColumns = entity.key.map((name) =>
    quote(entity.fields.find((field) => field.name === name)?.column ?? name),
  );
  return [
    `CREATE OR REPLACE VIEW ${quote(database)}.${quote(entity.plural)} AS`,
    `SELECT ${columns.join(', ')}`,
    'FROM (',
    `  SELECT ${[...columns, '"change_operation"'].join(', ')}, row_number() OVER (`,
    `    PARTITION BY ${keyColumns.join(', ')} ORDER BY "change_sequence" DESC, "change_version" DESC) AS "change_rank"`,
    `  FROM ${quote(database)}.${quote(logTable(entity).name)}`,
    ') AS "changes"',
    `WHERE "change_rank" = 1 AND "change_operation" <> 'remove'`,
  ].join('\n');
};
