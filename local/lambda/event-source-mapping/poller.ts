import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from '../../service.ts';
import type { Functions } from '../functions.ts';
import type { Checkpoints } from './checkpoints.ts';
import { type Store, deliver } from './delivery.ts';
import { PAGE_LIMIT, type Reader, openReader } from './reader.ts';
import type { Mapping } from './settings.ts';
import { type Position, type Shard, type Streams, StreamsError } from './streams.ts';

/** How far one mapping is behind its stream. */
export interface Lag {
  readonly functionName: string;
  readonly tableName: string;
  /** Records not yet processed; an upper bound where records were trimmed. */
  readonly records: number;
}

/** A running mapping. */
export interface Poller {
  /** Resolves when every record that is in the stream now has been processed or given up. */
  drained(): Promise<void>;
  lag(): Promise<Lag>;
  close(): Promise<void>;
}

export interface PollerOptions {
  readonly cloud: Cloud;
  readonly mapping: Mapping;
  readonly functions: Functions;
  readonly store: Store;
  readonly streams: Streams;
  readonly checkpoints: Checkpoints;
  readonly now: () => number;
  /** Throws unless the function's role allows the action. */
  readonly authorize: (action: string, resourceArn: string) => void;
}

/** Lambda polls a shard four times a second; a stream that was just written to is polled faster. */
const [BUSY_POLL_MS, IDLE_POLL_MS] = [50, 250];
const UNREACHABLE_WAIT_MS = 250;

/** How long a running invocation may hold up the end; its records are then delivered again at the next start. */
const CLOSE_GRACE_MS = 5000;

/** What reading a stream takes: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const READ_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetShardIterator', 'dynamodb:GetRecords'];

interface State extends PollerOptions {
  readonly key: string;
  readonly abort: AbortController;
  /** Called whenever the checkpoint moves. */
  readonly watchers: Set<() => void>;
  /** How many callers wait for the stream to drain; batching windows are cut short for them. */
  hurried: number;
  /** The last trouble reported, so that it is reported once. */
  trouble: string;
}

/** Starts to read the mapping's stream and to bring its records to the function, until closed. */
export const startPoller = (options: PollerOptions): Poller => {
  const { mapping } = options;
  const key = `${mapping.functionName} ${mapping.streamArn}`;
  const state: State = {
    ...options,
    key,
    abort: new AbortController(),
    watchers: new Set(),
    hurried: 0,
    trouble: '',
  };
  const loop = pollForever(state);
  return {
    drained: async () => await drained(state),
    lag: async () => {
      const shard = await options.streams.shard(mapping.tableName);
      return {
        functionName: mapping.functionName,
        tableName: mapping.tableName,
        records: behind(state, shard),
      };
    },
    close: async () => {
      if (state.abort.signal.aborted) return;
      state.abort.abort();
      await Promise.race([loop, sleep(CLOSE_GRACE_MS, undefined, { ref: false })]);
      for (const watcher of state.watchers) watcher();
    },
  };
};

const pollForever = async (state: State): Promise<void> => {
  const { signal } = state.abort;
  while (!signal.aborted) {
    try {
      await pollShard(state);
    } catch (error) {
      if (signal.aborted) return;
      report(state, error as Error);
    }
    await sleep(UNREACHABLE_WAIT_MS, undefined, { signal }).catch(() => undefined);
  }
};

const report = (state: State, error: Error) => {
  const missing = error instanceof StreamsError && error.code === 'ResourceNotFoundException';
  const text = `The stream of ${state.mapping.tableName} cannot be read: ${error.message}. Trying again.`;
  if (!missing && text !== state.trouble) state.cloud.log('warn', 'lambda', text);
  state.trouble = text;
};

/** Reads and delivers until the shard is gone or the signal aborts. */
const pollShard = async (state: State): Promise<void> => {
  const { streams, mapping, cloud } = state;
  for (const action of READ_ACTIONS) state.authorize(action, mapping.streamArn);
  const shard = await streams.shard(mapping.tableName);
  if (!shard) return;
  const { position, notBeforeMs } = startOf(state, shard);
  const iterator = await streams.iterator(shard, position);
  const reader = openReader({ streams, mapping, region: cloud.region, iterator, notBeforeMs });
  state.trouble = '';
  while (!state.abort.signal.aborted) {
    await collect(state, shard, reader);
    await deliverNext(state, shard, reader);
  }
};

/** Where to go on: after the checkpoint, or at the mapping's starting position when there is none for this stream. */
const startOf = (state: State, shard: Shard): { position: Position; notBeforeMs: number } => {
  const saved = state.checkpoints.load(state.key);
  if (saved?.label === shard.label) {
    return { position: { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: saved.position }, notBeforeMs: 0 };
  }
  if (!saved && state.mapping.startingPosition === 'LATEST') {
    save(state, shard, shard.newest);
    return { position: { type: 'LATEST' }, notBeforeMs: 0 };
  }
  return {
    position: { type: 'TRIM_HORIZON' },
    notBeforeMs: saved ? Math.floor(Number(shard.label)) * 1000 : 0,
  };
};

/** Waits until there is a batch: full, or as old as the batching window. */
const collect = async (state: State, shard: Shard, reader: Reader): Promise<void> => {
  const { signal } = state.abort;
  let idle = BUSY_POLL_MS;
  let since = performance.now();
  while (!reader.full()) {
    const before = reader.waiting();
    const count = await reader.read();
    if (before === 0) since = performance.now();
    if (count > 0 && reader.waiting() === 0) save(state, shard, reader.readTo() ?? '0');
    const open = performance.now() - since < state.mapping.windowMs && state.hurried === 0;
    if (reader.waiting() > 0 && count < PAGE_LIMIT && !open) return;
    if (count === PAGE_LIMIT) continue;
    if (count > 0) idle = BUSY_POLL_MS;
    await sleep(idle, undefined, { signal });
    idle = Math.min(IDLE_POLL_MS, idle * 1.5);
  }
};

const deliverNext = async (state: State, shard: Shard, reader: Reader): Promise<void> => {
  const { cloud, mapping, functions, store, now, authorize } = state;
  const records = reader.take();
  reader.readAhead();
  await deliver(records, {
    cloud,
    mapping,
    functions,
    store,
    now,
    authorize,
    shardId: shard.shardId,
    signal: state.abort.signal,
    onProcessed: (last) => save(state, shard, last.position),
  });
  const readTo = reader.readTo();
  const filteredTail = reader.waiting() === 0 && readTo !== undefined && readTo !== records.at(-1)?.position;
  if (filteredTail) save(state, shard, readTo);
};

const save = (state: State, shard: Shard, position: string) => {
  state.checkpoints.save(state.key, { label: shard.label, position });
  for (const watcher of state.watchers) watcher();
};

const behind = (state: State, shard: Shard | undefined): number => {
  if (!shard) return 0;
  const saved = state.checkpoints.load(state.key);
  const position = saved?.label === shard.label ? saved.position : '0';
  return Math.max(0, Number(BigInt(shard.newest) - BigInt(position)));
};

const drained = async (state: State): Promise<void> => {
  const target = await state.streams.shard(state.mapping.tableName);
  if (behind(state, target) === 0) return;
  state.hurried += 1;
  await new Promise<void>((resolve) => {
    const watcher = () => {
      if (!state.abort.signal.aborted && behind(state, target) > 0) return;
      state.watchers.delete(watcher);
      resolve();
    };
    state.watchers.add(watcher);
    watcher();
  });
  state.hurried -= 1;
};
