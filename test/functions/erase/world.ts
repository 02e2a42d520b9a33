import { generateKeyPairSync } from 'node:crypto';
import { relationsOf } from '../../../core/queries/relation.ts';
import { modelOf } from '../../../functions/api/model.ts';
import { rules } from '../../../functions/api/rules/index.ts';
import type { Service } from '../../../functions/api/service.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { eraseEvent } from '../../../functions/erase/events.ts';
import type { Deployment, ErasePorts } from '../../../functions/erase/ports.ts';
import { eraseStep } from '../../../functions/erase/steps.ts';
import { entitiesOf, type Schema } from '../../../core/schema/load.ts';
import { memoryDocuments } from '../refresh/memory-documents.ts';
import type { Tables } from '../tables.ts';

const { privateKey } = generateKeyPairSync('ed25519');

const serviceOver = ({ names }: Tables, schemas: readonly Schema[], store: Store): Service => ({
  store,
  unbound: store,
  models: new Map(entitiesOf(schemas).map((entity) => [entity.name, modelOf(entity, names)])),
  guards: names.guards,
  insights: { table: names.insights, published: [] },
  rules,
  cursorKey: () => Promise.reject(new Error('no cursors here')),
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  wait: async () => {},
});

/** The steps of erasures over real tables, with the lake in memory: each change arrives when it is asked for. */
export const eraseWorld = (tables: Tables, schemas: readonly Schema[]) => {
  const memory = memoryDocuments();
  const destroyed = new Map<string, string>();
  const objects = new Map<string, string>();
  const ports: ErasePorts = {
    service: serviceOver(tables, schemas, dynamoStore(tables.client)),
    keys: {
      isKnown: async (subject) => destroyed.has(subject),
      destroy: async (subject, now) => {
        if (!destroyed.has(subject)) destroyed.set(subject, now.toISOString());
        return destroyed.get(subject) ?? '';
      },
      signing: async () => privateKey,
    },
    documents: memory.documents,
    quarantine: {
      list: async function* () {
        yield* objects.keys();
      },
      read: async (key) => objects.get(key),
      remove: async (key) => void objects.delete(key),
    },
    rows: async () => Array.from({ length: 100 }, (_, position) => [String(position)]),
    refresh: async () => {},
    hasTime: () => true,
  };
  const place = { database: 'lake', bucket: 'bucket' };
  const deployment: Deployment = {
    ...place,
    stage: 'test',
    schemas,
    queries: [],
    relations: relationsOf(schemas, place),
  };
  const step = (given: ErasePorts, event: unknown) =>
    eraseStep(given, deployment, eraseEvent.parse(event)) as Promise<Record<string, unknown>>;
  const awaitAll = async (given: ErasePorts, subject: string): Promise<void> => {
    for (;;) {
      const { isDone, positions } = await step(given, { step: 'await', subject, tries: 0 });
      if (isDone === true) return;
      await step(given, { step: 'arrived', subject, positions, query: 'q' });
    }
  };
  /** What the state machine does, with ports that may fail; answers what the last step says. */
  const run = async (subject: string, over: Partial<ErasePorts> = {}): Promise<Record<string, unknown>> => {
    const given = { ...ports, ...over };
    const begun = await step(given, { step: 'begin', subject });
    if (begun.status === 'unknown') return begun;
    while ((await step(given, { step: 'records', subject })).isDone !== true);
    await awaitAll(given, subject);
    for (const name of ['quarantine', 'lake', 'cleared']) await step(given, { step: name, subject });
    await step(given, { step: 'marts', subject, tries: 0 });
    return step(given, { step: 'report', subject });
  };
  /** The service over another store, such as one that dies. */
  const over = (store: Store): Pick<ErasePorts, 'service'> => ({
    service: serviceOver(tables, schemas, store),
  });
  return { ...memory, destroyed, objects, ports, step, run, over };
};
