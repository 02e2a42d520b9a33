import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { World } from '../../bench/api/lives/life.ts';
import { LIVES, plantSeeds } from '../../bench/api/lives/index.ts';
import { callerOf } from '../../bench/api/request.ts';
import { entityRoutes } from '../../core/http/routes.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { application } from '../../functions/api/application.ts';
import { rules } from '../../functions/api/rules/index.ts';
import { dynamoStore } from '../../functions/api/store.ts';
import { schemas } from '../../schemas/index.ts';
import { startTables, type Tables } from '../functions/tables.ts';

type Sent = [command: string, input: unknown];

/** The record in a receipt is text, in any order of its fields. */
const readable = (name: string, value: unknown): unknown => {
  if (name !== 'record') return value;
  const { schemaVersion: _version, changedBy: _subject, ...record } = JSON.parse((value as { S: string }).S);
  return record;
};

/** Ids, digests and times differ between two records; what is asked of DynamoDB must not. */
const masked = (sent: readonly Sent[]): unknown =>
  JSON.parse(
    JSON.stringify(sent)
      .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
      .replaceAll(/[\da-f]{64}/g, '<digest>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/"\d{10}"/g, '"<second>"'),
    readable,
  );

const recordedClient = (endpoint: string, sent: Sent[]): DynamoDBClient => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  client.middlewareStack.add(
    (next, context) => (call) => {
      sent.push([context.commandName ?? '', call.input]);
      return next(call);
    },
    { step: 'initialize' },
  );
  return client;
};

let tables: Tables;
let world: World;
const [ours, theirs]: [Sent[], Sent[]] = [[], []];

beforeAll(async () => {
  tables = await startTables(entitiesOf(schemas));
  const { names, endpoint } = tables;
  const table = (name: string) => names.table(entitiesOf(schemas).find((entity) => entity.name === name)!);
  const api = application({
    schemas,
    names,
    store: dynamoStore(recordedClient(endpoint, ours)),
    rules,
    cursorKey: async () => new Uint8Array(32),
    observe: () => {},
    info: { title: 'Store', version: '1' },
  });
  const call = callerOf(api);
  world = {
    call,
    client: recordedClient(endpoint, theirs),
    tables: {
      customer: table('customer'),
      product: table('product'),
      order: table('order'),
      guards: names.guards,
    },
    seeds: await plantSeeds(call),
  };
});
afterAll(() => tables.close());

it('what is measured beside each route asks the same of DynamoDB, in the same order', async () => {
  const [byHandler, byHand]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];

  for (const { name, handler, bare } of LIVES.flatMap((life) => life(world))) {
    [ours.length, theirs.length] = [0, 0];
    await handler();
    await bare();
    byHandler[name] = masked(ours);
    byHand[name] = masked(theirs);
  }

  expect(byHand).toEqual(byHandler);
  expect(Object.values(byHandler)).not.toContainEqual([]);
});

it('every route of customers, products and orders is measured', () => {
  const steps = LIVES.flatMap((life) => life(world)).map(({ name }) => name.split(',')[0]);

  const routes = entityRoutes(schemas)
    .filter(({ entity }) => ['customer', 'product', 'order'].includes(entity.name))
    .map(({ method, path }) => `${method} ${path}`);
  expect(new Set(steps)).toEqual(new Set(routes));
});
