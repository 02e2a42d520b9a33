import type { Answer, Call } from '../call.ts';
import { readCommand, toRecord } from '../commands.ts';
import type { Model } from '../model.ts';
import { notFound, pathKey, recordAnswer } from '../record.ts';
import type { Service } from '../service.ts';

/** Reads one record as it is now. */
export const read = async ({ store }: Service, model: Model, call: Call): Promise<Answer> => {
  const item = await store.get(readCommand(model, pathKey(model, call)));
  if (!item) throw notFound(call);
  return recordAnswer(200, toRecord(item));
};
