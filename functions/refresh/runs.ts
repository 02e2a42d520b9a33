import { RUNS_KEY, runsSchema, withRun, type Run } from '../../core/lake/state/runs.ts';
import { Outdated, type Documents } from '../shared/lake/documents.ts';

/** Keeps a refresh that has ended among the last ones. What is no list of them is replaced: nothing depends on it. */
export const keepRun = async (documents: Pick<Documents, 'read' | 'write'>, run: Run): Promise<void> => {
  const found = await documents.read(RUNS_KEY);
  const { data } = runsSchema.safeParse(found?.value);
  try {
    await documents.write(RUNS_KEY, { runs: withRun(data?.runs ?? [], run) }, found);
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    await keepRun(documents, run);
  }
};
