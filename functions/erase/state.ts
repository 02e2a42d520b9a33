import * as z from 'zod';
import { erasureStateKey } from '../../core/privacy/erasure.ts';
import { Outdated, type Documents } from '../shared/lake/documents.ts';
import type { Erased } from './records.ts';

const itemSchema = z.object({
  entity: z.string(),
  key: z.record(z.string(), z.union([z.string(), z.number()])),
  did: z.enum(['deleted', 'anonymised']),
  version: z.int(),
  /** Whether the curated tables have the change. */
  merged: z.boolean(),
});

const stateSchema = z.object({
  subject: z.string(),
  startedAt: z.iso.datetime(),
  keyDestroyedAt: z.iso.datetime(),
  items: z.array(itemSchema),
  /** When the columns of the person were cleared last. */
  clearedAt: z.iso.datetime().optional(),
  quarantined: z.int(),
  marts: z.object({ rebuilt: z.array(z.string()), pending: z.array(z.string()) }),
  finishedAt: z.iso.datetime().optional(),
});

/** How far an erasure has come: a document in the lake bucket. No personal value is in it. */
export type ErasureState = z.infer<typeof stateSchema>;

export type ErasureItem = ErasureState['items'][number];

type Access = Pick<Documents, 'read' | 'write'>;

/** The state of an erasure, if it ever began. */
export const readState = async (documents: Access, subject: string): Promise<ErasureState | undefined> => {
  const found = await documents.read(erasureStateKey(subject));
  return found && stateSchema.parse(found.value);
};

const MOST_TRIES = 8;

/** Changes a document by what it is now, anew when somebody else was faster. */
export const untilWritten = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Outdated) || tries === MOST_TRIES) throw error;
    }
  }
};

/** Changes the state of an erasure. Throws Error when there is none. */
export const changeState = (
  documents: Access,
  subject: string,
  change: (state: ErasureState) => ErasureState,
): Promise<ErasureState> =>
  untilWritten(async () => {
    const found = await documents.read(erasureStateKey(subject));
    if (!found) throw new Error('There is no state of this erasure. Run "tailrace erase" again.');
    const next = change(stateSchema.parse(found.value));
    await documents.write(erasureStateKey(subject), next, found);
    return next;
  });

/** The state an erasure begins with, or goes on with. */
export const beginState = async (
  documents: Access,
  begun: Pick<ErasureState, 'subject' | 'startedAt' | 'keyDestroyedAt'>,
): Promise<ErasureState> => {
  const known = await readState(documents, begun.subject);
  if (known) return known;
  const state = { ...begun, items: [], quarantined: 0, marts: { rebuilt: [], pending: [] } };
  try {
    await documents.write(erasureStateKey(begun.subject), state, undefined);
    return state;
  } catch (error) {
    if (error instanceof Outdated) return beginState(documents, begun);
    throw error;
  }
};

const identityOf = ({ entity, key, did }: Erased): string => JSON.stringify([entity, key, did]);

/** The state with what was done, or is about to be: it has to arrive in the lake, and the erasure is not finished. */
export const withItems = (state: ErasureState, done: readonly Erased[]): ErasureState => {
  const items = new Map(state.items.map((item) => [identityOf(item), item]));
  for (const one of done) {
    const known = items.get(identityOf(one));
    if (known?.version !== one.version) items.set(identityOf(one), { ...one, merged: false });
  }
  return { ...state, items: [...items.values()], finishedAt: undefined };
};
