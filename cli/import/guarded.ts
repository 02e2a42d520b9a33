import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Entity } from '../../core/schema/entity.ts';
import { guardClaim, uniqueGuards } from '../../core/table/guards.ts';
import type { Candidate, Reject } from './candidate.ts';

/** Most items of one TransactWriteItems. Source: its API reference. */
const TRANSACTION_LIMIT = 100;
const LONGEST_PAUSE_MS = 5000;

/** Where records with guards go. */
export interface GuardedTarget {
  readonly client: DynamoDBClient;
  readonly entity: Entity;
  readonly table: string;
  readonly guards: string;
}

/** How many records fit a transaction together with their guards. */
export const recordsPerTransaction = ({ unique }: Entity): number =>
  Math.floor(TRANSACTION_LIMIT / (1 + unique.length));

const MARSHALL = { removeUndefinedValues: true } as const;

const itemsOf = (target: GuardedTarget, { item }: Candidate): TransactWriteItem[] => [
  { Put: { TableName: target.table, Item: marshall(item, MARSHALL) } },
  ...uniqueGuards(target.entity, item).map((guard) => ({
    Put: { TableName: target.guards, ...guardClaim(target.entity, guard, item, new Date()) },
  })),
];

/** Why a transaction was not done: what is wrong with it, or nothing when it may be done later. */
const reasonsOf = (
  { entity }: GuardedTarget,
  batch: readonly Candidate[],
  error: unknown,
): string[] | undefined => {
  if (error instanceof Error && error.name === 'ValidationException') return [error.message];
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const reasons = error.CancellationReasons ?? [];
  const [only] = batch;
  const names = only ? uniqueGuards(entity, only.item).map(({ fields }) => fields) : [];
  return reasons.flatMap(({ Code, Message }, index) => {
    if (Code === 'ConditionalCheckFailed')
      return [
        `/${names[index - 1]?.join(', /') ?? ''}: another ${entity.name} has this value, and it is unique`,
      ];
    return Code === 'ValidationError' ? [Message ?? Code] : [];
  });
};

const isLater = (error: unknown): boolean =>
  error instanceof TransactionCanceledException ||
  (error instanceof Error && /Throttling|ThroughputExceeded|TransactionInProgress/.test(error.name));

const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.random() * Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS)),
  );

/** Writes all or none. Answers why it is none. */
const transact = async (target: GuardedTarget, batch: readonly Candidate[]): Promise<string[]> => {
  const TransactItems = batch.flatMap((candidate) => itemsOf(target, candidate));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await target.client.send(new TransactWriteItemsCommand({ TransactItems }));
      return [];
    } catch (error) {
      const reasons = reasonsOf(target, batch, error);
      if (reasons && reasons.length > 0) return reasons;
      if (!isLater(error)) throw error;
      await pause(attempt);
    }
  }
};

/** Writes records of an entity with unique fields, each with its guards; the ones that are refused by themselves. */
export const writeGuarded = async (target: GuardedTarget, batch: readonly Candidate[]): Promise<Reject[]> => {
  if ((await transact(target, batch)).length === 0) return [];
  const rejects: Reject[] = [];
  for (const candidate of batch) {
    const reasons = await transact(target, [candidate]);
    if (reasons.length > 0) rejects.push({ line: candidate.line, reasons });
  }
  return rejects;
};
