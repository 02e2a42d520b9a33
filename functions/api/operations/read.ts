import { checkReadFields } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { presentRecord } from '../current.ts';
import { fieldsOfOne } from '../list/parameters.ts';
import type { Model } from '../model.ts';
import { isKnown, notModified, recordAnswer } from '../record.ts';
import type { Service } from '../service.ts';

/** Reads one record as it is now, or some fields of it, if the client has this version not already. */
export const read = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const fields = fieldsOfOne(model.entity, call.event.rawQueryString);
  checkReadFields(call.permission, fields ?? []);
  const record = await presentRecord(service, model, call);
  return isKnown(call, record) ? notModified(record) : { ...recordAnswer(200, record), fields };
};
