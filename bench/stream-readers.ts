import { setTimeout as sleep } from 'node:timers/promises';
import { namesOf } from '../core/deployment.ts';
import { entitiesOf } from '../core/schema/load.ts';
import { streamsClient } from '../local/lambda/event-source-mapping/streams.ts';
import { schemas } from '../schemas/index.ts';
import { BENCH_STAGE } from './cloud.ts';

/** As long as the lake's mappings wait at a busy stream. */
const PAUSE_MS = 50;

/** A process of its own, which reads the stream of every table at an engine, as the lake does, and drops what it reads. */
const [, , endpoint = ''] = process.argv;
const streams = streamsClient(endpoint);

const readForever = async (table: string): Promise<void> => {
  const shard = await streams.shard(table);
  if (!shard) throw new Error(`The table ${table} has no stream.`);
  let iterator = await streams.iterator(shard, { type: 'LATEST' });
  for (;;) {
    const { next } = await streams.records(iterator, 1000);
    iterator = next ?? iterator;
    await sleep(PAUSE_MS);
  }
};

await Promise.all(
  entitiesOf(schemas).map(async (entity) => await readForever(namesOf(BENCH_STAGE).table(entity))),
);
