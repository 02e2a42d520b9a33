import type { Cloud, Resource } from '../../service.ts';
import type { Functions } from '../functions.ts';
import { openCheckpoints } from './checkpoints.ts';
import type { Store } from './delivery.ts';
import { type Lag, type Poller, startPoller } from './poller.ts';
import { type Mapping, isEnabled, mappingOf } from './settings.ts';
import { streamsClient } from './streams.ts';

export interface MappingsOptions {
  readonly functions: Functions;
  /** Takes the invocation records of on-failure destinations. */
  readonly store: Store;
  /** Address of the DynamoDB Streams engine, which must not check signatures. */
  readonly streamsEndpoint: string;
  /** Throws unless the role of the function allows the action on the resource; without it everything is allowed. */
  readonly authorize?: (functionResource: Resource, action: string, resourceArn: string) => void;
  /** Milliseconds since the epoch; for `MaximumRecordAgeInSeconds`. Default `Date.now`. */
  readonly now?: () => number;
}

/** The running event source mappings. */
export interface EventSourceMappings {
  /** Resolves when every mapping has processed, or given up, all records that are in its stream at the time of the call. */
  drained(): Promise<void>;
  lag(): Promise<readonly Lag[]>;
  /** Stops polling and waits for running invocations; what was not checkpointed is delivered again at the next start. */
  close(): Promise<void>;
}

/**
 * Runs every `AWS::Lambda::EventSourceMapping` on a DynamoDB stream; any other, or one with a setting that has no local
 * counterpart, is named in a warning and not run. Delivery is at least once: the checkpoint of a mapping is on disk
 * before its next batch starts. `ParallelizationFactor` is accepted and has no effect: a shard runs one batch at a time,
 * which keeps the order AWS promises, and more.
 *
 * @example
 * const mappings = startEventSourceMappings(cloud, { functions, store, streamsEndpoint: dynamodb.endpoint });
 * await mappings.drained();
 */
export const startEventSourceMappings = (cloud: Cloud, options: MappingsOptions): EventSourceMappings => {
  const { functions, store, now = Date.now } = options;
  const checkpoints = openCheckpoints(cloud.dataDir);
  const streams = streamsClient(options.streamsEndpoint);
  const pollers: readonly Poller[] = readMappings(cloud, functions).map((mapping) =>
    startPoller({
      cloud,
      mapping,
      functions,
      store,
      streams,
      checkpoints,
      now,
      authorize: (action, arn) =>
        options.authorize?.(functions.find(mapping.functionName).resource, action, arn),
    }),
  );
  return {
    drained: async () => void (await Promise.all(pollers.map(async (poller) => await poller.drained()))),
    lag: async () => await Promise.all(pollers.map(async (poller) => await poller.lag())),
    close: async () => {
      await Promise.all(pollers.map(async (poller) => await poller.close()));
      checkpoints.close();
    },
  };
};

const readMappings = (cloud: Cloud, functions: Functions): readonly Mapping[] =>
  cloud.resources('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    if (!isEnabled(resource)) return [];
    try {
      const mapping = mappingOf(resource);
      functions.find(mapping.functionName);
      return [mapping];
    } catch (error) {
      const reason = (error as Error).message;
      cloud.log(
        'warn',
        'lambda',
        `Event source mapping ${resource.logicalId} of stack ${resource.stack} does not run: ${reason}`,
      );
      return [];
    }
  });
