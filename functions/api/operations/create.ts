import { ProblemError, invalid } from '../../../core/http/problem.ts';
import type { PlainRecord } from '../../../core/http/patch.ts';
import { recordPath } from '../../../core/http/routes.ts';
import { issuesOf } from '../../../core/schema/issues.ts';
import { jsonBody } from '../../shared/json-body.ts';
import { admitCreate, ownFields } from '../access.ts';
import { readMany } from '../batch-read.ts';
import type { Answer, Call } from '../call.ts';
import { createCommand } from '../commands.ts';
import type { Model } from '../model.ts';
import { checkLimits, recordAnswer, valid } from '../record.ts';
import type { Service } from '../service.ts';
import { ConditionFailed } from '../store.ts';

/** A record is at most 400 KB; its JSON may be longer, but not so much. */
export const MAX_BODY = { maxBytes: 1024 * 1024 } as const;

const ruled = async (
  service: Service,
  { entity }: Model,
  draft: PlainRecord,
  { claims, now }: { claims: Call['claims']; now: Date },
): Promise<PlainRecord> => {
  const rule = Object.hasOwn(service.rules, entity.name) ? service.rules[entity.name] : undefined;
  if (!rule) return draft;
  const verdict = await rule.beforeCreate(draft, {
    read: (name, keys) => readMany(service, name, keys),
    now,
    claims,
  });
  if (verdict.issues) throw invalid(verdict.issues);
  return { ...draft, ...verdict.fields };
};

const complete = (
  service: Service,
  { entity, record }: Model,
  draft: PlainRecord,
  now: Date,
): PlainRecord => {
  const time = now.toISOString();
  const madeId = entity.key[0] === 'id' && !Object.hasOwn(draft, 'id') ? { id: service.newId() } : {};
  const result = record.safeParse({ ...madeId, ...draft, version: 1, createdAt: time, updatedAt: time });
  if (result.success) return result.data;
  const places = issuesOf(result.error).map(({ pointer, message }) => `${pointer} (${message})`);
  throw new Error(
    `A new ${entity.name} is not a valid record: ${places.join(', ')}. ` +
      `Fields the server sets need a rule in functions/api/rules/.`,
  );
};

const write = async ({ store }: Service, model: Model, record: PlainRecord): Promise<void> => {
  try {
    await store.put(createCommand(model, record));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const { name, key } = model.entity;
    throw new ProblemError(
      'already-exists',
      `There is a ${name} with this ${key.join(' and ')} already. Change it with PATCH.`,
    );
  }
};

/** Creates a record: valid by the schema, completed by its rule, written if its key is free. */
export const create = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const draft = valid(model.create, admitCreate(call.permission, jsonBody(call.event, MAX_BODY)));
  checkLimits(model, draft);
  const now = service.now();
  const record = complete(
    service,
    model,
    { ...ownFields(call.permission), ...(await ruled(service, model, draft, { claims: call.claims, now })) },
    now,
  );
  checkLimits(model, record);
  await write(service, model, record);
  return recordAnswer(201, record, { location: recordPath(model.entity, record) });
};
