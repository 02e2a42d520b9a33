import { buffer } from 'node:stream/consumers';
import { jsonProtocol } from '../gateway/json.ts';
import { AwsError, type Answer, type Call, type Cloud, type Service } from '../service.ts';
import { openClient, type EngineClient } from './client.ts';
import { openExports, type ExportPlaces } from './export/exports.ts';
import { grantsOf } from './grants.ts';
import { deployTables } from './tables.ts';

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/** Operations the engine has none of: refused by name, so that nobody believes them done. */
const REFUSED = /^(CreateBackup|Restore|Import|.*GlobalTable|.*KinesisStreaming)/;

const tableOf = (nameOrArn: string): string => /table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

const authorize = (call: Call, cloud: Cloud, operation: string, body: Buffer): void => {
  if (!call.callerArn.includes(':assumed-role/')) return;
  const tables = `arn:aws:dynamodb:${cloud.region}:${cloud.account}:table`;
  for (const { action, table, index } of grantsOf(operation, JSON.parse(body.toString('utf8')))) {
    const name = tableOf(table);
    call.authorize(`dynamodb:${action}`, index ? `${tables}/${name}/index/${index}` : `${tables}/${name}`);
  }
};

const operationOf = (call: Call): string => call.headers['x-amz-target']?.split('.').at(-1) ?? '';

/** The engine has a region and account of its own in ARNs; callers see the local cloud's. */
const rename = (body: Buffer, from: string, to: string): Buffer =>
  body.includes(from) ? Buffer.from(body.toString('utf8').replaceAll(from, to)) : body;

const NOTHING: Answer = {
  status: 200,
  headers: JSON_TYPE,
  body: JSON.stringify({ Count: 0, Items: [], ScannedCount: 0 }),
};

/** A Query of a table without a sort key, on from its one item: the engine would give that item again, without end. */
const isPastItsItem = (operation: string, body: Buffer): boolean => {
  if (operation !== 'Query' || !body.includes('"ExclusiveStartKey"')) return false;
  const { IndexName, ExclusiveStartKey } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  return IndexName === undefined && Object.keys(ExclusiveStartKey ?? {}).length === 1;
};

const pass = async (engine: EngineClient, call: Call, cloud: Cloud): Promise<Answer> => {
  const operation = operationOf(call);
  if (REFUSED.test(operation))
    throw new AwsError('UnknownOperationException', `The local DynamoDB does not have ${operation}.`);
  const body = await buffer(call.body);
  authorize(call, cloud, operation, body);
  if (isPastItsItem(operation, body)) return NOTHING;
  const [ours, theirs] = [
    `arn:aws:dynamodb:${cloud.region}:${cloud.account}:`,
    'arn:aws:dynamodb:dynoxide:000000000000:',
  ];
  const reply = await engine.forward(call.headers, rename(body, ours, theirs));
  const headers = { ...JSON_TYPE, ...pick(reply.headers, 'x-amz-crc32') };
  const answered = rename(reply.body, theirs, ours);
  return { status: reply.status, headers: answered === reply.body ? headers : JSON_TYPE, body: answered };
};

const pick = (headers: Readonly<Record<string, unknown>>, name: string): Record<string, string> =>
  typeof headers[name] === 'string' ? { [name]: headers[name] } : {};

/**
 * DynamoDB and DynamoDB Streams: the engine, with the template's tables in it, behind the permissions of the caller; and
 * exports of its tables into the bucket they name.
 *
 * @example
 * const dynamodb = await startDynamoDb(cloud, engine.endpoint, { store, dbPath });
 */
export const startDynamoDb = async (
  cloud: Cloud,
  endpoint: string,
  places: ExportPlaces,
): Promise<Service> => {
  const engine = openClient(endpoint);
  await deployTables(engine, cloud);
  const exports = openExports(cloud, places);
  const exporting = jsonProtocol(exports.operations, '1.0');
  return {
    name: 'dynamodb',
    handle: (call) =>
      Object.hasOwn(exports.operations, operationOf(call)) ? exporting(call) : pass(engine, call, cloud),
    close: async () => {
      await exports.close();
      engine.close();
    },
  };
};
