import { applyPatch, sameJson, type PlainRecord } from '../../../core/http/patch.ts';
import { invalid, ProblemError } from '../../../core/http/problem.ts';
import { jsonBody } from '../../shared/json-body.ts';
import { admitChange } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { readCommand, replaceCommand, toRecord } from '../commands.ts';
import type { Model } from '../model.ts';
import {
  checkLimits,
  expectedVersion,
  notFound,
  otherVersion,
  pathKey,
  recordAnswer,
  valid,
} from '../record.ts';
import type { Service } from '../service.ts';
import { ConditionFailed } from '../store.ts';
import { MAX_BODY } from './create.ts';

const TRIES = 5;

const patchOf = (call: Call): PlainRecord => {
  const patch = admitChange(call.permission, jsonBody(call.event, MAX_BODY));
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch as PlainRecord;
  throw invalid([{ pointer: '', message: 'A merge patch is a JSON object of the fields to change' }]);
};

const current = async ({ store }: Service, model: Model, call: Call): Promise<PlainRecord> => {
  const item = await store.get(readCommand(model, pathKey(model, call)));
  if (!item) throw notFound(call);
  const record = toRecord(item);
  const expected = expectedVersion(call);
  if (expected !== undefined && expected !== record.version) throw otherVersion(record.version);
  return record;
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

const attempt = async (
  service: Service,
  model: Model,
  call: Call,
  patch: PlainRecord,
): Promise<PlainRecord | undefined> => {
  const record = await current(service, model, call);
  const next = changed(model, record, patch, service.now());
  if (next === record) return record;
  checkLimits(model, next);
  try {
    await service.store.put(replaceCommand(model, next, Number(record.version)));
    return next;
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined;
    throw error;
  }
};

/** Changes one record by a JSON Merge Patch. A change made meanwhile is not lost: the patch is applied again on top. */
export const patch = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const body = patchOf(call);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const record = await attempt(service, model, call, body);
    if (record) return recordAnswer(200, record);
    await service.wait(Math.random() * 10 * 2 ** tries);
  }
  throw new ProblemError(
    'conflict',
    'Others keep changing this record. Read it again and send the patch anew.',
  );
};
