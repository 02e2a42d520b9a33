import type { LogFile } from '../../../core/lake/curated/log-files.ts';
import { refreshEvent } from '../../../functions/refresh/events.ts';
import { refreshStep, type Lake, type RefreshPorts } from '../../../functions/refresh/steps.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';
import { memoryDocuments } from './memory-documents.ts';

export const NOW = new Date('2026-11-25T12:00:00Z');

/** A file of a log on a day. */
export const file = (day: string, name: string, size = 1000): LogFile => ({
  name: `dt=${day}/${name}.parquet`,
  size,
  etag: `etag of ${name}`,
});

/** The steps of the refresh over documents in memory, and an Athena that answers probes and inspections. */
export const refreshWorld = (files: LogFile[] = [], running: string[] = []) => {
  const memory = memoryDocuments(files);
  const described: string[] = [];
  const answers = new Map<string, string[][]>();
  const ports: RefreshPorts = {
    documents: memory.documents,
    catalog: {
      columns: async () => undefined,
      describe: async (view) => void described.push(view),
    },
    rows: async (queryId) => answers.get(queryId) ?? [],
    isRunning: async (execution) => running.includes(execution),
    now: () => NOW,
  };
  const lake: Lake = { entities: [customer, order], database: 'lake', bucket: 'bucket' };
  return {
    ...memory,
    described,
    answers,
    step: (event: unknown): Promise<Record<string, unknown>> =>
      refreshStep(ports, lake, refreshEvent.parse(event)) as Promise<Record<string, unknown>>,
  };
};
