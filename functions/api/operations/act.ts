import { invalid, ProblemError } from '../../../core/http/problem.ts';
import type { PlainRecord } from '../../../core/http/patch.ts';
import { actionsFrom, type Action } from '../../../core/schema/actions.ts';
import { jsonBody } from '../../shared/json-body.ts';
import type { Answer, Call } from '../call.ts';
import { replaceCommand } from '../commands.ts';
import { commit, decide } from '../commit.ts';
import { currentRecord } from '../current.ts';
import { onceOnly, type Once } from '../idempotency.ts';
import { guardWrites } from '../guards.ts';
import type { Model } from '../model.ts';
import { checkLimits, recordAnswer, valid } from '../record.ts';
import { changeWrites, consequencesOf, contextOf, ruleOf } from '../rules/apply.ts';
import type { Service } from '../service.ts';
import { MAX_BODY } from './create.ts';

const checkBody = ({ event }: Call): void => {
  if (!event.body) return;
  const body = jsonBody(event, MAX_BODY);
  if (typeof body === 'object' && body !== null && Object.keys(body).length === 0) return;
  throw invalid([{ pointer: '', message: 'An action takes no fields: send no body' }]);
};

const checkMove = ({ entity }: Model, name: string, { field, from }: Action, record: PlainRecord): void => {
  const state = String(record[field]);
  if (from.includes(state)) return;
  const allowed = actionsFrom(entity, record);
  throw new ProblemError(
    'illegal-move',
    `The ${entity.name} is ${state}, so it cannot ${name}. ` +
      `${allowed.length > 0 ? `From ${state} it can ${allowed.join(' or ')}` : `No action leads on from ${state}`}.`,
    { errors: [{ pointer: `/${field}`, message: `Is ${state}; ${name} needs ${from.join(' or ')}` }] },
  );
};

const attempt = async (service: Service, model: Model, call: Call, once: Once): Promise<PlainRecord> => {
  const name = call.route.action ?? '';
  const record = await currentRecord(service, model, call);
  const action = model.entity.actions[name] as Action;
  checkMove(model, name, action, record);
  const [now, by] = [service.now(), call.permission.caller.subject];
  const rule = ruleOf(service, model.entity.name).beforeAction?.[name];
  const { fields, changes } = await consequencesOf(rule, record, contextOf(service, call.claims, now));
  const next = valid(model.record, {
    ...record,
    ...fields,
    [action.field]: action.to,
    version: Number(record.version) + 1,
    updatedAt: now.toISOString(),
  });
  checkLimits(model, next);
  const replace = replaceCommand(model, next, Number(record.version), by);
  await commit(service, [
    ...once.writes(next),
    { item: { Put: replace }, refusal: () => undefined },
    ...(await guardWrites(service, model, { before: record, after: next, now }, changes)),
    ...(await changeWrites(service, changes, { now, by })),
  ]);
  return next;
};

/** Moves one record to another state, with all that its rule says goes with it. */
export const act = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  checkBody(call);
  return onceOnly(service, call, {
    payload: {},
    work: (once) => decide(service, () => attempt(service, model, call, once)),
    answer: (record) => recordAnswer(200, record),
  });
};
