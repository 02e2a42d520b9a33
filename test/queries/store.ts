import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DuckDBInstance } from '@duckdb/node-api';
import { toInsightRow, type InsightRow } from '../../core/insights/values.ts';
import { changeRow } from '../../core/lake/change-row.ts';
import { createTable } from '../../core/lake/curated/ddl.ts';
import { curatedTables } from '../../core/lake/curated/tables.ts';
import { eventRow } from '../../core/lake/event-row.ts';
import { logTable, projection } from '../../core/lake/log-table.ts';
import { viewsOf } from '../../core/lake/views/index.ts';
import { checksOf, inOrder } from '../../core/marts/statements.ts';
import { expand, type Expansion } from '../../core/queries/expand.ts';
import { loadQueries } from '../../core/queries/load.ts';
import type { SavedQuery } from '../../core/queries/parse.ts';
import { relationsOf } from '../../core/queries/relation.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Event } from '../../core/schema/event.ts';
import type { Schema } from '../../core/schema/load.ts';
import { duckdbType, parseHiveType } from '../../local/firehose/convert/hive-type.ts';
import { cartUpdated } from '../../schemas/cart_updated.ts';
import { customer } from '../../schemas/customer.ts';
import { order } from '../../schemas/order.ts';
import { product } from '../../schemas/product.ts';
import { productViewed } from '../../schemas/product_viewed.ts';
import { memoryKeys } from '../functions/shared/subject-keys/memory-keys.ts';
import { openLake, resource, run, type Lake } from '../local/athena/lake.ts';

const ENTITIES = [customer, product, order];
const SCHEMAS: readonly Schema[] = [...ENTITIES, productViewed, cartUpdated];

/** The queries of the store, by name. */
export const QUERIES: ReadonlyMap<string, SavedQuery> = new Map(
  (await loadQueries(resolve(import.meta.dirname, '..', '..', 'queries'))).map((query) => [
    query.name,
    query,
  ]),
);

const queryOf = (name: string): SavedQuery => {
  const query = QUERIES.get(name);
  if (query) return query;
  throw new Error(`There is no query ${name}`);
};

const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

const tableResource = (schema: Schema, shelf: string) => {
  const table = logTable(schema);
  const column = ({ name, type }: { name: string; type: string }) => ({ Name: name, Type: type });
  return resource('AWS::Glue::Table', `${shelf}-${table.name}`, {
    DatabaseName: shelf,
    TableInput: {
      Name: table.name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'parquet', ...projection(table, shelf) },
      PartitionKeys: [column(table.partition)],
      StorageDescriptor: {
        Columns: table.columns.map(column),
        Location: `s3://${shelf}/${table.prefix}`,
        InputFormat: PARQUET,
      },
    },
  });
};

export type Item = Readonly<Record<string, unknown>> & { readonly id: string };

/** A change of a record. Of an item without times, `time` is the time of all. */
export interface Change {
  readonly entity: Entity;
  readonly item: Item;
  /** ISO 8601. */
  readonly time: string;
  readonly removed?: boolean;
}

/** Something that happened. Without `receivedAt`, it arrived when it happened. */
export interface Sent {
  readonly event: Event;
  readonly data: Readonly<Record<string, unknown>>;
  readonly time: string;
  readonly receivedAt?: string;
}

const versionsSeen = () => {
  const seen = new Map<string, number>();
  return (key: string): number => {
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key) ?? 0;
  };
};

/** The rows of the change log, in the order of the changes, by the code the relay runs. */
const changeRows = (entity: Entity, changes: readonly Change[]): string[] => {
  const [toRow, versionOf] = [changeRow(entity), versionsSeen()];
  const { keyOf } = memoryKeys();
  return changes.map(({ item, time, removed }, position) => {
    const instant = new Date(time).toISOString();
    const version = versionOf(item.id);
    const image = marshall({
      createdAt: instant,
      ...item,
      version: removed ? version - 1 : version,
      updatedAt: instant,
    });
    const row = toRow(
      {
        eventID: randomUUID(),
        eventName: removed ? 'REMOVE' : version === 1 ? 'INSERT' : 'MODIFY',
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(Date.parse(time) / 1000),
          SequenceNumber: String(position + 1),
          [removed ? 'OldImage' : 'NewImage']: image,
        },
      },
      { get: keyOf },
    );
    if (!row.ok) throw new Error(JSON.stringify({ item, issues: row.issues }));
    return row.json;
  });
};

const eventRows = (event: Event, sent: readonly Sent[]): string[] => {
  const toRow = eventRow(event);
  return sent.map(({ data, time, receivedAt = time }, position) =>
    toRow({
      id: `e${position}`,
      time: new Date(time).toISOString(),
      receivedAt: new Date(receivedAt).toISOString(),
      subject: 'test',
      data,
    }),
  );
};

/** All fixtures arrived on one day: partitions are by arrival, whatever the rows tell. */
const DAY = '2026-06-01';

/** One shelf of the store: a database of its own, with what was put into it. */
export interface Shelf {
  readonly database: string;
  readonly relations: ReturnType<typeof relationsOf>;
  /** Rows of a query, by the names and values an insight has. */
  ask(sql: string): Promise<InsightRow[]>;
  /** The answer of a query of the store, in order of its key. */
  answer(name: string, expansion: Pick<Expansion, 'lake' | 'at'>): Promise<InsightRow[]>;
  /** What does not hold of a mart's answer at an instant, or of what a test makes of it. */
  broken(name: string, at: string, spoil?: (sql: string) => string): Promise<string[]>;
}

export interface Store {
  readonly lake: Lake;
  shelf(name: string, fixture: { changes?: readonly Change[]; sent?: readonly Sent[] }): Promise<Shelf>;
  close(): Promise<void>;
}

const writer = async (lake: Lake) => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const put = async (shelf: string, schema: Schema, rows: readonly string[]): Promise<void> => {
    if (rows.length === 0) return;
    const { prefix, columns } = logTable(schema);
    const [json, parquet] = ['json', 'parquet'].map((kind) => join(lake.dataDir, `${randomUUID()}.${kind}`));
    writeFileSync(json ?? '', rows.join('\n'));
    const types = columns.map(({ name, type }) => `${name}: '${duckdbType(parseHiveType(type))}'`);
    await connection.run(
      `COPY (SELECT * FROM read_json('${json}', format = 'newline_delimited', columns = {${types.join(', ')}})) TO '${parquet}' (FORMAT parquet)`,
    );
    await lake.store.put(shelf, `${prefix}dt=${DAY}/${randomUUID()}.parquet`, { path: parquet ?? '' });
  };
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  return { put, close };
};

const IN = { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://results/open/' } };

/** The store's lake on the embedded Athena, with a database for each of some names. */
export const openStore = async (names: readonly string[]): Promise<Store> => {
  const lake = await openLake(
    names.flatMap((name) => [
      resource('AWS::Glue::Database', name, { DatabaseInput: { Name: name } }),
      ...SCHEMAS.map((schema) => tableResource(schema, name)),
    ]),
  );
  const { put, close } = await writer(lake);
  const execute = (database: string, sql: string) =>
    run(lake, sql, { ...IN, QueryExecutionContext: { Database: database } });
  return {
    lake,
    shelf: async (name, { changes = [], sent = [] }) => {
      lake.store.createBucket(name);
      const place = { database: name, bucket: name };
      for (const entity of ENTITIES) {
        await put(
          name,
          entity,
          changeRows(
            entity,
            changes.filter((change) => change.entity === entity),
          ),
        );
        for (const table of curatedTables(entity)) await execute(name, createTable(table, place));
        for (const { sql } of viewsOf(entity, place, { day: '2026-01-01', merged: [] }))
          await execute(name, sql);
      }
      for (const event of [productViewed, cartUpdated])
        await put(
          name,
          event,
          eventRows(
            event,
            sent.filter((one) => one.event === event),
          ),
        );
      const relations = relationsOf(SCHEMAS, place);
      const ask = async (sql: string): Promise<InsightRow[]> => {
        const { rows, names: columns, types } = await execute(name, sql);
        return rows.map((row) =>
          toInsightRow(
            columns.map((column, index) => ({ name: column, type: types[index] ?? '' })),
            row,
          ),
        );
      };
      const answer: Shelf['answer'] = async (query, expansion) => {
        const saved = queryOf(query);
        return ask(inOrder(saved, expand(saved, saved.sql, { relations, ...expansion })));
      };
      const kept = new Map<string, string>();
      /** The table of a mart's answer, made once. */
      const tableOf = async (saved: SavedQuery, at: string): Promise<string> => {
        const table = kept.get(saved.name) ?? `"${name}"."${saved.name}"`;
        const sql = expand(saved, saved.sql, { relations, lake: 'now', at });
        if (!kept.has(saved.name))
          await execute(name, `CREATE TABLE ${table} WITH (format = 'PARQUET') AS ${sql}`);
        kept.set(saved.name, table);
        return table;
      };
      const broken: Shelf['broken'] = async (query, at, spoil) => {
        const saved = queryOf(query);
        const table = await tableOf(saved, at);
        const mart = spoil ? `(${spoil(`SELECT * FROM ${table}`)})` : table;
        const inLake = { relations, lake: 'now', at, mart } as const;
        const counts = checksOf(saved).map(
          ({ holds, sql }) =>
            `SELECT '${holds}' AS holds, count(*) AS n FROM (${expand(saved, sql, inLake)})`,
        );
        const rows = await ask(`SELECT holds FROM (${counts.join(' UNION ALL ')}) WHERE n > 0`);
        return rows.map(({ holds }) => holds as string);
      };
      return { database: name, relations, ask, answer, broken };
    },
    close: async () => {
      close();
      await lake.destroy();
    },
  };
};
