import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
  type AthenaClient,
} from '@aws-sdk/client-athena';
import { logTable } from '../../core/lake/log-table.ts';
import { literal, qualified, quoted } from '../../core/lake/sql.ts';
import type { Schema } from '../../core/schema/load.ts';
import type { RedrivePorts } from './ports.ts';

/** A statement has 262,144 bytes at most; an event's id rarely more than 128. */
const MOST_EVENTS = 1000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2000;
const RUNNING = new Set(['QUEUED', 'RUNNING']);

/** The column of a log that has the id of the event. */
const eventColumn = ({ kind }: Schema): string => (kind === 'entity' ? 'change_event_id' : 'event_id');

/**
 * The question which of some events have a row in the log of an entity or event, on a day or later.
 *
 * @example
 * arrivedQuestion('tailrace_dev', order, '2026-11-25', ['e1'])
 * // SELECT DISTINCT "change_event_id" FROM "tailrace_dev"."orders_changes" WHERE "dt" >= '2026-11-25' AND …
 */
export const arrivedQuestion = (
  database: string,
  schema: Schema,
  day: string,
  events: readonly string[],
): string => {
  const column = quoted(eventColumn(schema));
  return (
    `SELECT DISTINCT ${column} FROM ${qualified(database, logTable(schema).name)} ` +
    `WHERE "dt" >= ${literal(day)} AND ${column} IN (${events.map(literal).join(', ')})`
  );
};

interface Place {
  readonly workgroup: string;
  readonly database: string;
}

const execute = async (
  client: AthenaClient,
  sql: string,
  { workgroup, database }: Place,
): Promise<string> => {
  const { QueryExecutionId = '' } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
    }),
  );
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(MAX_DELAY_MS, delay * 2)) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State = 'UNKNOWN', StateChangeReason = 'no reason was given' } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') return QueryExecutionId;
    if (!RUNNING.has(State))
      throw new Error(`Athena could not look for what was replayed: ${State}, ${StateChangeReason}.`);
    await sleep(delay);
  }
};

/** Looks for rows in the log with Athena. Throws Error with Athena's reason when it cannot. */
export const logPort =
  (client: AthenaClient, place: Place): RedrivePorts['arrived'] =>
  async (schema, day, events) => {
    const found = new Set<string>();
    for (let first = 0; first < events.length; first += MOST_EVENTS) {
      const some = events.slice(first, first + MOST_EVENTS);
      const id = await execute(client, arrivedQuestion(place.database, schema, day, some), place);
      for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId: id }))
        for (const { Data = [] } of ResultSet?.Rows ?? [])
          if (Data[0]?.VarCharValue !== undefined) found.add(Data[0].VarCharValue);
    }
    return found;
  };
