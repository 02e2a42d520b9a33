import { isExpired } from '../../../core/table/internal.ts';
import { checkReadFields } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { readCommand, toRecord } from '../commands.ts';
import { fieldsOfOne } from '../list/parameters.ts';
import type { Model } from '../model.ts';
import { isKnown, notFound, notModified, pathKey, recordAnswer } from '../record.ts';
import type { Service } from '../service.ts';

/** Reads one record as it is now, or some fields of it, if the client has this version not already. */
export const read = async ({ store, now }: Service, model: Model, call: Call): Promise<Answer> => {
  const fields = fieldsOfOne(model.entity, call.event.rawQueryString);
  checkReadFields(call.permission, fields ?? []);
  const item = await store.get(readCommand(model, pathKey(model, call)));
  if (!item) throw notFound(call);
  const record = toRecord(model.entity, item);
  if (isExpired(model.entity, record, now())) throw notFound(call);
  return isKnown(call, record) ? notModified(record) : { ...recordAnswer(200, record), fields };
};
