import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../../core/lake/change-row.ts';
import { entity, z } from '../../../core/schema/index.ts';
import type { BackfillEvent } from '../../../functions/backfill/events.ts';
import { jobKey, type Job } from '../../../functions/backfill/job.ts';
import type { BackfillPorts, Lake } from '../../../functions/backfill/step.ts';
import { backfillStep } from '../../../functions/backfill/steps.ts';
import { memoryDocuments } from '../refresh/memory-documents.ts';

const note = entity({ name: 'note', description: 'A note', fields: { text: z.string() } });
const lake: Lake = { entities: [note], database: 'shop', bucket: 'lake' };

const FOLDER = 'exports/note/AWSDynamoDB/01-a/';
const MANIFEST = `${FOLDER}manifest-summary.json`;

const itemOf = (id: string) => ({
  id: { S: id },
  text: { S: 'é'.repeat(20) },
  version: { N: '2' },
  createdAt: { S: '2026-11-26T01:00:00.000Z' },
  updatedAt: { S: '2026-11-26T01:00:00.000Z' },
});

/** The objects of an export of some files of items. */
const exportOf = (files: readonly (readonly string[])[]): Map<string, Buffer> => {
  const objects = new Map<string, Buffer>();
  const lines = files.map((ids, index) => {
    const key = `${FOLDER}data/${index}.json.gz`;
    objects.set(key, gzipSync(ids.map((id) => `{"Item":${JSON.stringify(itemOf(id))}}\n`).join('')));
    return JSON.stringify({ itemCount: ids.length, dataFileS3Key: key, md5Checksum: '', etag: '' });
  });
  const summary = { exportTime: '2026-11-26T02:00:00.000Z', itemCount: files.flat().length };
  objects.set(MANIFEST, Buffer.from(JSON.stringify(summary)));
  objects.set(`${FOLDER}manifest-files.json`, Buffer.from(lines.join('\n')));
  return objects;
};

class Killed extends Error {}

/** A world with an export in it, where the process is killed at some sends: before the rows are taken, or after. */
const worldOf = (
  files: readonly (readonly string[])[],
  kills: ReadonlyMap<number, 'before' | 'after'> = new Map(),
) => {
  const objects = exportOf(files);
  const { documents, kept } = memoryDocuments();
  const sent: StreamRecord[] = [];
  const waits: number[] = [];
  const running = new Set<string>();
  let [sends, clock] = [0, Date.parse('2026-11-26T02:10:00.000Z')];
  const ports: BackfillPorts = {
    documents,
    objects: {
      open: async (key) => Readable.from([objects.get(key)]),
      readText: async (key) => objects.get(key)!.toString('utf8'),
      writeText: async () => {},
      removeAll: async (prefix) => {
        for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key);
      },
    },
    items: async () => [],
    relay: async (_entity, records) => {
      sends += 1;
      const kill = kills.get(sends);
      if (kill === 'before') throw new Killed();
      sent.push(...records);
      if (kill === 'after') throw new Killed();
      return { relayed: records.length, quarantined: 0 };
    },
    send: async () => {},
    recover: async () => ['CREATE TABLE'],
    isRunning: async (execution) => running.has(execution),
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      clock += milliseconds;
    },
    remaining: () => 1e6,
    now: () => new Date(clock),
  };
  const step = async (event: BackfillEvent): Promise<Record<string, unknown>> =>
    (await backfillStep(ports, lake, event)) as Record<string, unknown>;
  const job = () => kept.get(jobKey('note'))?.value as Job;
  return { ports, step, sent, waits, job, running, objects };
};

type World = ReturnType<typeof worldOf>;

/** One execution, from its beginning to its end. */
const execute = async ({ step, running }: World, execution: string, rate = 0) => {
  running.add(execution);
  try {
    const begun = await step({ step: 'begin', execution, input: { entity: 'notes', rate } });
    if (begun.status === 'busy') return begun;
    const run = String(begun.run);
    if (!begun.isExported) await step({ step: 'plan', entity: 'note', run, manifest: MANIFEST });
    for (let isDone = false; !isDone;)
      isDone = (await step({ step: 'emit', entity: 'note', run })).isDone === true;
    return await step({ step: 'end', entity: 'note', run });
  } finally {
    running.delete(execution);
  }
};

const idsOf = (sent: readonly StreamRecord[]) =>
  sent.map(({ dynamodb }) => dynamodb?.NewImage?.id?.S as string);

describe('a backfill', () => {
  test('sends every item once, as it was, before all changes, and leaves no export behind', async () => {
    const world = worldOf([['a', 'b'], [], ['c']]);

    expect(await execute(world, 'one')).toEqual({
      status: 'backfilled',
      entity: 'note',
      sent: 3,
      quarantined: 0,
    });
    expect(idsOf(world.sent)).toEqual(['a', 'b', 'c']);
    expect(world.sent[0]).toMatchObject({
      eventName: 'SNAPSHOT',
      dynamodb: { SequenceNumber: '0'.repeat(40), ApproximateCreationDateTime: 1_795_658_400 },
    });
    expect([...world.objects.keys()]).toEqual([]);
  });

  test('keeps to its rate', async () => {
    const world = worldOf([Array.from({ length: 10 }, (_, index) => `n${index}`)]);

    await execute(world, 'one', 4);

    expect(world.waits).toEqual([1000, 1000, 500]);
  });

  test('lets another that is under way alone', async () => {
    const world = worldOf([['a']]);
    world.running.add('first');
    await world.step({ step: 'begin', execution: 'first', input: { entity: 'note', rate: 0 } });

    expect(await execute(world, 'second')).toEqual({ status: 'busy', entity: 'note', by: 'first' });
    expect(world.sent).toEqual([]);
  });

  test('that another execution goes on with stops at once', async () => {
    const world = worldOf([['a', 'b']]);
    const { run } = await world.step({ step: 'begin', execution: 'old', input: { entity: 'note', rate: 1 } });
    await world.step({ step: 'plan', entity: 'note', run: String(run), manifest: MANIFEST });
    const relay = world.ports.relay;
    Object.assign(world.ports, {
      relay: async (...given: Parameters<typeof relay>) => {
        Object.assign(world.ports, { relay });
        await world.step({ step: 'begin', execution: 'new', input: { entity: 'note', rate: 1 } });
        return relay(...given);
      },
    });

    await expect(world.step({ step: 'emit', entity: 'note', run: String(run) })).rejects.toThrow(
      'The execution new goes on',
    );
    expect(world.job()).toMatchObject({ position: 0, execution: 'new' });
  });

  test('killed anywhere, any number of times, has sent every item in the end, and tells so', async () => {
    const files = fc.array(fc.array(fc.constant('x'), { maxLength: 7 }), { maxLength: 4 });
    const kills = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom('before', 'after')), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(files, kills, fc.integer({ min: 1, max: 4 }), async (shape, at, rate) => {
        let count = 0;
        const named = shape.map((file) => file.map(() => `n${(count += 1)}`));
        const world = worldOf(named, new Map(at));
        let ended: unknown;
        for (let tries = 0; ended === undefined; tries += 1)
          ended = await execute(world, `try${tries}`, rate).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });

        expect(new Set(idsOf(world.sent))).toEqual(new Set(named.flat()));
        expect(ended).toMatchObject({ status: 'backfilled', sent: count });
        const rows = new Map(world.sent.map(({ eventID, dynamodb }) => [eventID, dynamodb?.NewImage?.id?.S]));
        expect(rows.size).toBe(count);
      }),
      { numRuns: 60 },
    );
  });
});
