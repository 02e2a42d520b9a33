import { startBenchCloud } from './cloud.ts';
import { IMPORT_RECORDS, importAll } from './import.ts';
import { canMeasureMemory, memoryOf, peakMemoryOf, type Memory } from './process-memory.ts';
import { generateRecords } from './records.ts';

/** Resident bytes of the local cloud: `process` with its worker threads, `children` the DynamoDB engine. */
export interface MemoryFigures {
  readonly atRest: Memory;
  readonly afterFirstQuery: Memory;
  readonly records: number;
  /** The most during the import and the flush after it. */
  readonly peakDuringImport: Memory;
}

/**
 * Reads the memory of a local cloud just started, after its first query, and at its most during an import.
 * Throws Error where there is no /proc to read it from.
 *
 * @example
 * const { atRest } = await benchMemory();
 */
export const benchMemory = async (): Promise<MemoryFigures> => {
  if (!canMeasureMemory()) throw new Error('Memory is read from /proc, which this system does not have.');
  await using cloud = await startBenchCloud();
  const atRest = memoryOf(cloud.pid);
  await cloud.sql('SELECT count(*) FROM orders');
  const afterFirstQuery = memoryOf(cloud.pid);
  const files = generateRecords(IMPORT_RECORDS);
  const peakDuringImport = await peakMemoryOf(cloud.pid, async () => {
    await importAll(cloud, files);
    await cloud.flush();
  });
  return { atRest, afterFirstQuery, records: IMPORT_RECORDS, peakDuringImport };
};
