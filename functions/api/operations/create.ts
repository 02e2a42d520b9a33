import { IDEMPOTENCY_KEY } from '../../../core/http/idempotency.ts';
import { ProblemError, invalid } from '../../../core/http/problem.ts';
import type { PlainRecord } from '../../../core/http/patch.ts';
import { recordPath } from '../../../core/http/routes.ts';
import { issuesOf } from '../../../core/schema/issues.ts';
import { jsonBody } from '../../shared/json-body.ts';
import { admitCreate, ownFields } from '../access.ts';
import { baseOf, type Answer, type Call } from '../call.ts';
import { createCommand } from '../commands.ts';
import { commit, decide } from '../commit.ts';
import { onceOnly, type Once } from '../idempotency.ts';
import { guardWrites } from '../guards.ts';
import type { Model } from '../model.ts';
import { checkLimits, recordAnswer, valid } from '../record.ts';
import { changeWrites, contextOf, ruleOf } from '../rules/apply.ts';
import type { Consequences } from '../rules/rule.ts';
import type { Service } from '../service.ts';

/** A record is at most 400 KB; its JSON may be longer, but not so much. */
export const MAX_BODY = { maxBytes: 1024 * 1024 } as const;

const ruled = async (
  service: Service,
  { entity }: Model,
  draft: PlainRecord,
  { claims, now }: { claims: Call['claims']; now: Date },
): Promise<Consequences> => {
  const verdict = await ruleOf(service, entity.name).beforeCreate?.(draft, contextOf(service, claims, now));
  if (verdict?.issues) throw invalid(verdict.issues);
  return verdict ?? {};
};

const complete = (
  service: Service,
  { entity, record }: Model,
  draft: PlainRecord,
  { now, id = service.newId() }: { now: Date; id: string | undefined },
): PlainRecord => {
  const time = now.toISOString();
  const madeId = entity.key[0] === 'id' && !Object.hasOwn(draft, 'id') ? { id } : {};
  const result = record.safeParse({ ...madeId, ...draft, version: 1, createdAt: time, updatedAt: time });
  if (result.success) return result.data;
  const places = issuesOf(result.error).map(({ pointer, message }) => `${pointer} (${message})`);
  throw new Error(
    `A new ${entity.name} is not a valid record: ${places.join(', ')}. ` +
      `Fields the server sets need a rule in functions/api/rules/.`,
  );
};

const alreadyExists = ({ entity: { name, key } }: Model, isMadeByKey: boolean): ProblemError =>
  new ProblemError(
    'already-exists',
    isMadeByKey
      ? `This ${IDEMPOTENCY_KEY} made a ${name} more than a day ago. Use a new key for a new one.`
      : `There is a ${name} with this ${key.join(' and ')} already. Change it with PATCH.`,
  );

const attempt = async (
  service: Service,
  model: Model,
  { call, draft, once }: { call: Call; draft: PlainRecord; once: Once },
): Promise<PlainRecord> => {
  const now = service.now();
  const { fields, changes } = await ruled(service, model, draft, { claims: call.claims, now });
  const record = complete(
    service,
    model,
    { ...draft, ...ownFields(call.permission), ...fields },
    { now, id: once.id },
  );
  checkLimits(model, record);
  await commit(service, [
    ...once.writes(record),
    {
      item: { Put: createCommand(model, record, now, call.permission.caller.subject) },
      refusal: () => alreadyExists(model, record.id === once.id),
    },
    ...(await guardWrites(service, model, { after: record, now }, changes)),
    ...(await changeWrites(service, changes, { now, by: call.permission.caller.subject })),
  ]);
  return record;
};

/** Creates a record: valid by the schema, completed by its rule, written if its key is free. */
export const create = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const draft = valid(model.create, admitCreate(call.permission, jsonBody(call.event, MAX_BODY)));
  checkLimits(model, draft);
  return onceOnly(service, call, {
    payload: draft,
    work: (once) => decide(service, () => attempt(service, model, { call, draft, once })),
    answer: (record) => {
      const location = `${baseOf(call.event)}${recordPath(model.entity, record)}`;
      return recordAnswer(201, record, { location });
    },
  });
};
