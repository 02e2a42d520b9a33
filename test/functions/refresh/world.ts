import type { LogFile } from '../../../core/lake/curated/log-files.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import { relationsOf } from '../../../core/queries/relation.ts';
import { refreshEvent } from '../../../functions/refresh/events.ts';
import type { Lake, RefreshPorts, ToPublish } from '../../../functions/refresh/step.ts';
import { refreshStep } from '../../../functions/refresh/steps.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';
import { productViewed } from '../../../schemas/product_viewed.ts';
import { memoryDocuments } from './memory-documents.ts';

export const NOW = new Date('2026-11-25T12:00:00Z');

/** A file of a log on a day. */
export const file = (day: string, name: string, size = 1000): LogFile => ({
  name: `dt=${day}/${name}.parquet`,
  size,
  etag: `etag of ${name}`,
});

/** What a catalogue holds: tables of runs, and the SQL of views. */
const memoryCatalog = () => {
  const [described, tables, views] = [new Array<string>(), new Set<string>(), new Map<string, string>()];
  const catalog: RefreshPorts['catalog'] = {
    columns: async (table) => (tables.has(table) ? [{ name: 'n', type: 'bigint' }] : undefined),
    describe: async (view) => void described.push(view),
    viewText: async (view) => views.get(view),
    tables: async (beginning) => [...tables].filter((table) => table.startsWith(beginning)),
    drop: async (table) => void tables.delete(table),
  };
  return { catalog, described, tables, views };
};

interface WorldOptions {
  readonly running?: readonly string[];
  readonly queries?: readonly SavedQuery[];
}

/** The steps of the refresh over documents and a catalogue in memory, and an Athena whose answers the test gives. */
export const refreshWorld = (files: LogFile[] = [], { running = [], queries = [] }: WorldOptions = {}) => {
  const memory = memoryDocuments(files);
  const catalogue = memoryCatalog();
  const answers = new Map<string, string[][]>();
  const published: ToPublish[] = [];
  const clock = { now: NOW };
  const ports: RefreshPorts = {
    documents: memory.documents,
    catalog: catalogue.catalog,
    rows: async (queryId) => answers.get(queryId) ?? [],
    publish: async (insight) => void published.push(insight),
    isRunning: async (execution) => running.includes(execution),
    now: () => clock.now,
  };
  const place = { database: 'lake', bucket: 'bucket' };
  const schemas = [customer, order, productViewed];
  const world = { queries };
  const lake = (): Lake => ({ ...place, ...world, schemas, relations: relationsOf(schemas, place) });
  return {
    ...memory,
    ...catalogue,
    answers,
    published,
    clock,
    /** Deploys other queries. */
    deploy: (others: readonly SavedQuery[]) => void (world.queries = others),
    step: (event: unknown): Promise<Record<string, unknown>> =>
      refreshStep(ports, lake(), refreshEvent.parse(event)) as Promise<Record<string, unknown>>,
  };
};

export type RefreshWorld = ReturnType<typeof refreshWorld>;
