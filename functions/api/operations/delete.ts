import { boundOf } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { deleteCommand, toRecord } from '../commands.ts';
import { commit, decide, type Write } from '../commit.ts';
import { currentRecord, presentRecord } from '../current.ts';
import type { Model } from '../model.ts';
import { expectedVersion, notFound, otherVersion, pathKey } from '../record.ts';
import { referrersOf } from '../references.ts';
import { commitRemoval } from '../removal/commit.ts';
import { planRemoval } from '../removal/plan.ts';
import { contextOf, ruleOf } from '../rules/apply.ts';
import type { Service } from '../service.ts';

const NO_CONTENT: Answer = { status: 204 };

/** Nothing depends on what the record says, so it need not be read. */
const removeUnread = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const item = { Delete: deleteCommand(model, pathKey(model, call), expectedVersion(call)) };
  const refusal: Write['refusal'] = (found) =>
    found ? otherVersion(toRecord(model.entity, found).version) : notFound(call);
  await decide(service, () => commit(service, [{ item, refusal }]));
  return NO_CONTENT;
};

type ReadRecord = typeof presentRecord;

/** The record is read as its caller may; what goes with it goes whoever owns it. */
const attempt = async (service: Service, model: Model, call: Call, read: ReadRecord): Promise<boolean> => {
  const root = { model, record: await read(service, model, call), bound: boundOf(call.permission) };
  const [whole, now] = [{ ...service, store: service.unbound }, service.now()];
  const removals = await planRemoval(whole, root, contextOf(whole, call.claims, now));
  return commitRemoval(whole, removals, { now, by: call.permission.caller.subject });
};

/** If-Match holds when the first of it goes; after that, the version may have grown by what went before. */
const removeRead = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  let isDone = await decide(service, () => attempt(service, model, call, currentRecord));
  while (!isDone) isDone = await decide(service, () => attempt(service, model, call, presentRecord));
  return NO_CONTENT;
};

const mustBeRead = (service: Service, model: Model): boolean =>
  model.entity.unique.length > 0 ||
  Object.keys(model.entity.references).length > 0 ||
  referrersOf(service, model).length > 0 ||
  model.entity.expires !== undefined ||
  ruleOf(service, model.entity.name).beforeDelete !== undefined;

/** Deletes one record, if it is there, with all that goes with it by its schema and its rule. */
export const remove = async (service: Service, model: Model, call: Call): Promise<Answer> =>
  mustBeRead(service, model) || call.permission.reach === 'own'
    ? removeRead(service, model, call)
    : removeUnread(service, model, call);
