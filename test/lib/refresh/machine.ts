import { refreshDefinition } from '../../../lib/refresh/definition.ts';
import { StateError } from '../../../local/states/interpreter/errors.ts';
import type { Json, JsonObject } from '../../../local/states/json.ts';
import type { RefreshWorld } from '../../functions/refresh/world.ts';
import { trace } from '../../local/states/trace.ts';

export const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';
const LAMBDA = 'arn:aws:states:::lambda:invoke';

export const definition = refreshDefinition({
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:refresh',
  workgroup: 'refresh',
  database: 'lake',
});

const PROBED = [['2026-11-25 09:00:00.000', '2026-11-25 10:00:00.000', '7']];
/** Bytes that each statement scans. */
export const SCANNED = 77;

/** One of the tables has delete files enough to be rewritten. */
const worn = (sql: string) =>
  sql
    .match(/\w+(?=\$partitions)/g)
    ?.map((table, index) => [table, '1', '0', '0', '1000', index === 0 ? '9' : '0', '10', '0']) ?? [];

/** A statement that Athena could not do, as `.sync` tells it. */
export const failed = (reason: string): StateError =>
  new StateError(
    'States.TaskFailed',
    JSON.stringify({
      QueryExecution: { Query: 'SELECT "x"', Status: { State: 'FAILED', StateChangeReason: reason } },
    }),
  );

/** An end that no state can catch. */
export const killed = (): StateError => new StateError('States.Runtime', 'killed');

/** What a statement leaves behind: the table and the files of a run, or a view. */
const effect = ({ tables, views, objects }: RefreshWorld, sql: string): void => {
  const [, table = '', prefix = ''] =
    /^CREATE TABLE "lake"\."(\w+)"[^]*external_location = 's3:\/\/bucket\/([^']+)'/.exec(sql) ?? [];
  if (table !== '' && tables.has(table)) throw failed(`TABLE_ALREADY_EXISTS: ${table}`);
  if (table !== '') {
    tables.add(table);
    objects.add(`${prefix}part`);
  }
  const [, view = '', text = ''] = /^CREATE OR REPLACE VIEW "lake"\."(\w+)" AS\n([^]*)$/.exec(sql) ?? [];
  if (view !== '') views.set(view, text);
};

/** How many rows the checks of a mart find: 3 in all, and none that break it. */
const HOLDS = (sql: string): string[][] =>
  ['3', ...Array.from({ length: sql.split('UNION ALL').length - 1 }, () => '0')].map((count, check) => [
    String(check),
    count,
  ]);

/** Calls the function; what it throws, the task fails with, as Lambda tells it. */
const invoke = async (world: RefreshWorld, payload: unknown): Promise<Json> => {
  try {
    return { Payload: (await world.step(payload)) as Json };
  } catch (error) {
    const { name, message } = error as Error;
    throw new StateError(name, JSON.stringify({ errorType: name, errorMessage: message }));
  }
};

export interface Turn {
  /** Called before each statement: what it throws, the statement ends with. */
  readonly athena?: (sql: string) => void;
  /** Counts that the checks of a mart give, by the statement that asks for them. */
  readonly checks?: (sql: string) => string[][];
  /** Called after each step and statement has done its work, with what it was: what it throws, the execution ends with. */
  readonly after?: (what: string) => void;
}

/** Runs the machine: steps by the function that runs in Lambda, statements by an Athena that knows tables and views. */
export const refresh = async (world: RefreshWorld, { athena, checks = HOLDS, after }: Turn = {}) => {
  const statements: string[] = [];
  const calls: string[] = [];
  const run = (sql: string): Json => {
    const id = `query ${statements.length}`;
    statements.push(sql);
    athena?.(sql);
    effect(world, sql);
    const isCheck = sql.startsWith('SELECT 0 AS "check"');
    world.answers.set(id, isCheck ? checks(sql) : sql.includes('$partitions') ? worn(sql) : PROBED);
    return { QueryExecution: { QueryExecutionId: id, Statistics: { DataScannedInBytes: SCANNED } } };
  };
  const traced = await trace(definition, {
    task: async ({ resource, parameters }) => {
      const given = parameters as JsonObject;
      const result: Json =
        resource === LAMBDA ? await invoke(world, given['Payload']) : run(given['QueryString'] as string);
      const what = (given['Payload'] as JsonObject | undefined)?.['step'] ?? given['QueryString'];
      calls.push(what as string);
      after?.(what as string);
      return result;
    },
  });
  return { ...traced, statements, calls };
};
