import type { Answer, Call } from '../call.ts';
import { deleteCommand, toRecord } from '../commands.ts';
import { commit, decide, type Write } from '../commit.ts';
import { currentRecord } from '../current.ts';
import { guardWrites } from '../guards.ts';
import type { Model } from '../model.ts';
import { expectedVersion, notFound, otherVersion, pathKey } from '../record.ts';
import { referrersOf } from '../references.ts';
import { changeWrites, consequencesOf, contextOf, ruleOf } from '../rules/apply.ts';
import type { Service } from '../service.ts';

const NO_CONTENT: Answer = { status: 204 };

/** Nothing depends on what the record says, so it need not be read. */
const removeUnread = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const item = { Delete: deleteCommand(model, pathKey(model, call), expectedVersion(call)) };
  const refusal: Write['refusal'] = (found) =>
    found ? otherVersion(toRecord(model.entity, found).version) : notFound(call);
  await commit(service, [{ item, refusal }]);
  return NO_CONTENT;
};

const removeRead = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const record = await currentRecord(service, model, call);
  const now = service.now();
  const rule = ruleOf(service, model.entity.name).beforeDelete;
  const { changes } = await consequencesOf(rule, record, contextOf(service, call.claims, now));
  const item = { Delete: deleteCommand(model, pathKey(model, call), Number(record.version)) };
  await commit(service, [
    { item, refusal: () => undefined },
    ...(await guardWrites(service, model, { before: record, now }, changes)),
    ...(await changeWrites(service, changes, now)),
  ]);
  return NO_CONTENT;
};

const mustBeRead = (service: Service, model: Model): boolean =>
  model.entity.unique.length > 0 ||
  Object.keys(model.entity.references).length > 0 ||
  referrersOf(service, model).length > 0 ||
  model.entity.expires !== undefined ||
  ruleOf(service, model.entity.name).beforeDelete !== undefined;

/** Deletes one record, if it is there, with all that its rule says goes with it. */
export const remove = async (service: Service, model: Model, call: Call): Promise<Answer> =>
  mustBeRead(service, model) || call.permission.reach === 'own'
    ? decide(service, () => removeRead(service, model, call))
    : removeUnread(service, model, call);
