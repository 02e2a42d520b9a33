import { martStateKey, martStateSchema, type MartState, type Run } from '../../../core/marts/state.ts';
import type { Documents, Found } from '../../shared/lake/documents.ts';

/** A mart's state, and what was found of it in the bucket. Throws Error when it is no state of a mart. */
export const readMartState = async (
  documents: Pick<Documents, 'read'>,
  mart: string,
): Promise<{ state: MartState; found: Found | undefined }> => {
  const found = await documents.read(martStateKey(mart));
  const { data, error } = martStateSchema.safeParse(found?.value ?? {});
  if (data) return { state: data, found };
  throw new Error(
    `${martStateKey(mart)} in the lake bucket is no state of a mart: ${error.message}. ` +
      'Delete it: the next refresh makes the mart anew.',
  );
};

/** Reads a mart's state, changes it and writes it back. Throws Outdated when somebody else was first. */
export const changeMartState = async (
  documents: Pick<Documents, 'read' | 'write'>,
  mart: string,
  change: (state: MartState) => MartState,
): Promise<MartState> => {
  const { state, found } = await readMartState(documents, mart);
  const next = change(state);
  await documents.write(martStateKey(mart), next, found);
  return next;
};

/** A run that has to be the one the state knows. Throws Error when that is another one. */
export const runOfState = (mart: string, run: string, known: Run | undefined): Run => {
  if (known?.run === run) return known;
  throw new Error(
    `The run ${run} of ${mart} is not the one its state knows. Another refresh was faster: refresh again.`,
  );
};
