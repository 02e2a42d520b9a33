import type { Answer, Call } from '../call.ts';
import { deleteCommand, toRecord } from '../commands.ts';
import type { Model } from '../model.ts';
import { expectedVersion, notFound, otherVersion, pathKey } from '../record.ts';
import type { Service } from '../service.ts';
import { ConditionFailed } from '../store.ts';

/** Deletes one record, if it is there. */
export const remove = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const key = pathKey(model, call);
  try {
    await service.store.delete(deleteCommand(model, key, expectedVersion(call)));
    return { status: 204 };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw error.item ? otherVersion(toRecord(error.item).version) : notFound(call);
  }
};
