import { isExpired } from '../../../core/table/internal.ts';
import type { Answer, Call } from '../call.ts';
import { readCommand, toRecord } from '../commands.ts';
import type { Model } from '../model.ts';
import { isKnown, notFound, notModified, pathKey, recordAnswer } from '../record.ts';
import type { Service } from '../service.ts';

/** Reads one record as it is now, if the client has it not already. */
export const read = async ({ store, now }: Service, model: Model, call: Call): Promise<Answer> => {
  const item = await store.get(readCommand(model, pathKey(model, call)));
  if (!item) throw notFound(call);
  const record = toRecord(model.entity, item);
  if (isExpired(model.entity, record, now())) throw notFound(call);
  return isKnown(call, record) ? notModified(record) : recordAnswer(200, record);
};
