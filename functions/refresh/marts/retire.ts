import { martPrefix, runInText, runOfTable, runPrefix, runTable } from '../../../core/marts/names.ts';
import type { RefreshPorts } from '../step.ts';

/** The run that readers of a mart see, by its view. */
export const shownRun = async (
  { catalog }: Pick<RefreshPorts, 'catalog'>,
  mart: string,
): Promise<string | undefined> => runInText(mart, (await catalog.viewText(mart)) ?? '');

/**
 * Removes every run of a mart but some: those that were replaced, those that failed, and what a run that was killed left.
 * The table goes before its files.
 */
export const retireRuns = async (
  { catalog, documents }: Pick<RefreshPorts, 'catalog' | 'documents'>,
  mart: string,
  kept: readonly (string | undefined)[],
): Promise<string[]> => {
  const tables = await catalog.tables(runTable(mart, ''));
  const folders = await documents.folders(martPrefix(mart));
  const runs = new Set([...tables.flatMap((table) => runOfTable(mart, table) ?? []), ...folders]);
  const retired = [...runs].filter((run) => !kept.includes(run)).toSorted();
  for (const run of retired) {
    await catalog.drop(runTable(mart, run));
    await documents.remove(runPrefix(mart, run));
  }
  return retired;
};
