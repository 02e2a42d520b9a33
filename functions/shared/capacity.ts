import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Counts the capacity units DynamoDB consumed for one request. */
export interface Meter {
  units: number;
}

const meters = new AsyncLocalStorage<Meter>();

const unitsOf = (consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined): number =>
  Array.isArray(consumed)
    ? consumed.reduce((sum, one) => sum + unitsOf(one), 0)
    : ((consumed as ConsumedCapacity | undefined)?.CapacityUnits ?? 0);

/** Does some work, and adds what DynamoDB consumes for it to the meter. */
export const measured = <T>(meter: Meter, work: () => T): T => meters.run(meter, work);

/**
 * Makes a client ask DynamoDB for the capacity that each of its calls consumes, and count it for the request at work.
 * A refused call tells none.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
 *
 * @example
 * const client = metered(new DynamoDBClient());
 */
export const metered = (client: DynamoDBClient): DynamoDBClient => {
  client.middlewareStack.add(
    (next) => async (sent) => {
      const input = { ...sent.input, ReturnConsumedCapacity: 'TOTAL' };
      const result = await next({ ...sent, input });
      const meter = meters.getStore();
      const { ConsumedCapacity: consumed } = result.output as { ConsumedCapacity?: ConsumedCapacity };
      if (meter) meter.units += unitsOf(consumed);
      return result;
    },
    { step: 'initialize', name: 'consumedCapacity', override: true },
  );
  return client;
};
