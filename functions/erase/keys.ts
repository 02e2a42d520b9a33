import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { ErasureKeys } from './ports.ts';

/** No person can be called so. */
const SIGNING = '#erasure-reports';

const isThere = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

const destroy = async (
  client: DynamoDBClient,
  TableName: string,
  subject: string,
  now: Date,
): Promise<string> => {
  const erasedAt = now.toISOString();
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: { subject: { S: subject }, erasedAt: { S: erasedAt } },
        ConditionExpression: 'attribute_not_exists(erasedAt)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return erasedAt;
  } catch (error) {
    if (!isThere(error)) throw error;
    return error.Item?.erasedAt?.S ?? erasedAt;
  }
};

/**
 * The table of keys over the SDK. The key of reports stands beside those of persons, behind the same policy: whoever may not read
 * these can sign no report.
 *
 * @example
 * const keys = erasureKeys(new DynamoDBClient(), namesOf('dev').subjectKeys);
 */
export const erasureKeys = (client: DynamoDBClient, TableName: string): ErasureKeys => {
  const read = async (subject: string) =>
    (
      await client.send(
        new GetItemCommand({ TableName, Key: { subject: { S: subject } }, ConsistentRead: true }),
      )
    ).Item;
  const stored = async (): Promise<KeyObject | undefined> => {
    const bytes = (await read(SIGNING))?.privateKey?.B;
    return bytes && createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
  };
  const make = async (): Promise<KeyObject> => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const bytes = privateKey.export({ type: 'pkcs8', format: 'der' });
    try {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: { subject: { S: SIGNING }, privateKey: { B: bytes } },
          ConditionExpression: 'attribute_not_exists(subject)',
        }),
      );
      return privateKey;
    } catch (error) {
      const winner = isThere(error) ? await stored() : undefined;
      if (!winner) throw error;
      return winner;
    }
  };
  return {
    isKnown: async (subject) => (await read(subject)) !== undefined,
    destroy: (subject, now) => destroy(client, TableName, subject, now),
    signing: async () => (await stored()) ?? (await make()),
  };
};
