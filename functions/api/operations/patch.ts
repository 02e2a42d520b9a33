import { applyPatch, sameJson, type PlainRecord } from '../../../core/http/patch.ts';
import { invalid } from '../../../core/http/problem.ts';
import { jsonBody } from '../../shared/json-body.ts';
import { admitChange } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { replaceCommand } from '../commands.ts';
import { commit, decide } from '../commit.ts';
import { currentRecord } from '../current.ts';
import { guardWrites } from '../guards.ts';
import type { Model } from '../model.ts';
import { checkLimits, recordAnswer, valid } from '../record.ts';
import type { Service } from '../service.ts';
import { MAX_BODY } from './create.ts';

const patchOf = (call: Call): PlainRecord => {
  const patch = admitChange(call.permission, jsonBody(call.event, MAX_BODY));
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch as PlainRecord;
  throw invalid([{ pointer: '', message: 'A merge patch is a JSON object of the fields to change' }]);
};

/** The record after the patch; the same record when the patch changes nothing. */
const changed = (model: Model, record: PlainRecord, patch: PlainRecord, now: Date): PlainRecord => {
  const patched = applyPatch(model.entity, record, patch);
  if (patched.issues) throw invalid(patched.issues);
  if (sameJson(patched.record, record)) return record;
  const next = valid(model.record, {
    ...patched.record,
    version: Number(record.version) + 1,
    updatedAt: now.toISOString(),
  });
  const { version, updatedAt } = record;
  return sameJson({ ...next, version, updatedAt }, record) ? record : next;
};

const attempt = async (service: Service, model: Model, call: Call, body: PlainRecord): Promise<Answer> => {
  const record = await currentRecord(service, model, call);
  const now = service.now();
  const next = changed(model, record, body, now);
  if (next === record) return recordAnswer(200, record);
  checkLimits(model, next);
  const replace = replaceCommand(model, next, Number(record.version), call.permission.caller.subject);
  await commit(service, [
    { item: { Put: replace }, refusal: () => undefined },
    ...(await guardWrites(service, model, { before: record, after: next, now })),
  ]);
  return recordAnswer(200, next);
};

/** Changes one record by a JSON Merge Patch. A change made meanwhile is not lost: the patch is applied again on top. */
export const patch = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const body = patchOf(call);
  return decide(service, () => attempt(service, model, call, body));
};
