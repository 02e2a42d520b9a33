import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Segment, recoverSegments } from '../../../local/firehose/spool.ts';
import { newFolder, removeFolder, testCatalog } from './fixtures/cloud.ts';
import { KILLED_TABLES, killedResources } from './fixtures/killed-streams.ts';
import { readErrors, readRows, startRig, type Rig } from './fixtures/rig.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'killed-process.ts');
const BATCH = 20;

const spawnFirehose = async (folder: string): Promise<{ child: ChildProcess; client: FirehoseClient }> => {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const client = new FirehoseClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${String(port).trim()}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return { child, client };
};

/** Every tenth record is malformed and must be found in the error output. */
const record = (id: number): string => (id % 10 === 0 ? `oops ${id}` : `{"id":${id}}`);

/** Puts until the process is gone; gives the ids that were acknowledged. */
const load = async (client: FirehoseClient, from: number, acknowledged: number[], onBatch: () => void) => {
  for (let first = from; ; first += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, index) => first + index);
    const Records = ids.map((id) => ({ Data: Buffer.from(record(id)) }));
    try {
      await client.send(new PutRecordBatchCommand({ DeliveryStreamName: 'orders', Records }));
    } catch {
      return;
    }
    acknowledged.push(...ids);
    onBatch();
  }
};

const deliveredIds = async (rig: Rig): Promise<number[]> => {
  const rows = await Promise.all(rig.objects('data/').map(({ path }) => readRows(path)));
  const errors = await Promise.all(rig.objects('errors/').map(({ path }) => readErrors(path)));
  const failed = errors
    .flat()
    .map(({ rawData }) => Buffer.from(rawData, 'base64').toString().slice('oops '.length));
  return [...rows.flat().map(({ id }) => Number(id)), ...failed.map(Number)];
};

describe('what was acknowledged', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));
  const restart = (options = {}): Rig =>
    startRig({ folder, resources: killedResources(), catalog: testCatalog(KILLED_TABLES), ...options });

  test('is delivered exactly once, however often the process is killed under load', async () => {
    const acknowledged: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { child, client } = await spawnFirehose(folder);
      const gone = once(child, 'exit');
      const enough = acknowledged.length + 40 * BATCH + round * 7;
      await Promise.all(
        [1, 2, 3].map((lane) =>
          load(client, (round * 3 + lane) * 1_000_000, acknowledged, () => {
            if (acknowledged.length >= enough) child.kill('SIGKILL');
          }),
        ),
      );
      await gone;
      client.destroy();
    }

    const rig = restart();
    await rig.firehose.flush();
    const delivered = await deliveredIds(rig);
    const spooled = readdirSync(join(folder, 'firehose', 'orders')).filter((name) => name.endsWith('.spool'));
    await rig.close();

    expect(acknowledged.length).toBeGreaterThan(100 * BATCH);
    expect(spooled).toEqual([]);
    expect(new Set(delivered).size).toBe(delivered.length);
    expect(acknowledged.filter((id) => !new Set(delivered).has(id))).toEqual([]);
  });

  test('replaces the same object when a crash comes between the put and the end of delivery', async () => {
    const first = startRig({
      folder,
      resources: killedResources(),
      catalog: testCatalog(KILLED_TABLES),
      wrap: (store) => ({
        put: async (...given) => {
          await store.put(...given);
          throw new Error('crash after the put');
        },
      }),
    });
    await first.put('orders', '{"id":1}', '{"id":2}', 'oops');
    first.firehose.flush().catch(() => undefined);
    await expect.poll(() => first.objects('data/').length).toBe(1);
    await first.firehose.close();
    first.store.close();

    const second = restart();
    await second.firehose.flush();

    expect(second.firehose.pending()).toBe(0);
    expect(second.objects('data/')).toHaveLength(1);
    expect(await readRows(second.objects('data/')[0]!.path)).toHaveLength(2);
    expect(second.objects('errors/')).toHaveLength(1);
    await second.close();
  });

  test('is still there after a close without a flush', async () => {
    const first = restart();
    await first.put('orders', '{"id":1}');
    await first.firehose.close();
    first.store.close();

    const second = restart();
    await second.firehose.flush();

    expect(await deliveredIds(second)).toEqual([1]);
    await second.close();
  });

  test('is not promised by a flush that a close cuts short', async () => {
    const first = restart({ wrap: () => ({ put: () => Promise.reject(new Error('disk is full')) }) });
    await first.put('orders', '{"id":1}');

    const flushed = first.firehose.flush().then(
      () => 'delivered',
      (error: unknown) => String(error),
    );
    await expect.poll(() => first.log.length).toBeGreaterThan(0);
    await first.firehose.close();
    first.store.close();

    expect(await flushed).toContain('kept for the next start');
    await expect(first.firehose.flush()).rejects.toThrow('kept for the next start');
  });

  test('stays on disk when its stream is not deployed any more, and is delivered when it is again', async () => {
    const first = restart();
    await first.put('orders', '{"id":1}');
    await first.firehose.close();
    first.store.close();

    const without = restart({ resources: [] });
    const log = [...without.log];
    await without.firehose.close();
    without.store.close();
    const again = restart();
    await again.firehose.flush();

    expect(log).toEqual([
      expect.stringContaining('orders: not deployed any more, 1 undelivered records are kept'),
    ]);
    expect(await deliveredIds(again)).toEqual([1]);
    await again.close();
  });

  test('is read back whole, and what was cut off in the middle of a write is not', () => {
    const segment = new Segment(folder, 1_000);
    segment.append([Buffer.from('one'), Buffer.alloc(0)], 1_000);
    segment.append([Buffer.from('three')], 1_001);
    segment.seal();
    const [name] = readdirSync(folder);
    appendFileSync(join(folder, name!), Buffer.from([5, 0, 0, 0, 1, 2, 3]));

    const [recovered] = recoverSegments(folder);

    expect(recovered?.uuid).toBe(segment.uuid);
    expect(recovered?.read().map(({ data, arrival }) => [data.toString(), arrival])).toEqual([
      ['one', 1_000],
      ['', 1_000],
      ['three', 1_001],
    ]);
  });

  test('does not include a record whose bytes were damaged', () => {
    const segment = new Segment(folder, 1_000);
    segment.append([Buffer.from('one')], 1_000);
    segment.seal();
    const [name] = readdirSync(folder);
    const frame = Buffer.alloc(16 + 3);
    frame.writeUInt32LE(3, 0);
    appendFileSync(join(folder, name!), frame);

    const [recovered] = recoverSegments(folder);

    expect(recovered?.read().map(({ data }) => data.toString())).toEqual(['one']);
  });
});
