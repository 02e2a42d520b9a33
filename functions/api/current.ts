import type { PlainRecord } from '../../core/http/patch.ts';
import { isExpired } from '../../core/table/internal.ts';
import type { Call } from './call.ts';
import { readCommand, toRecord } from './commands.ts';
import type { Model } from './model.ts';
import { expectedVersion, notFound, otherVersion, pathKey } from './record.ts';
import type { Service } from './service.ts';

/** The record of the path as it is now. Throws ProblemError `not-found` when it is not there. */
export const presentRecord = async (
  { store, now }: Service,
  model: Model,
  call: Call,
): Promise<PlainRecord> => {
  const item = await store.get(readCommand(model, pathKey(model, call)));
  if (!item) throw notFound(call);
  const record = toRecord(model.entity, item);
  if (isExpired(model.entity, record, now())) throw notFound(call);
  return record;
};

/** The record of the path as it is now. Throws ProblemError when it is not there, or not of the version asked for. */
export const currentRecord = async (service: Service, model: Model, call: Call): Promise<PlainRecord> => {
  const expected = expectedVersion(call);
  const record = await presentRecord(service, model, call);
  if (expected !== undefined && expected !== record.version) throw otherVersion(record.version);
  return record;
};
