import type { Put } from '@aws-sdk/client-dynamodb';
import { sameJson, type PlainRecord } from '../../../core/http/patch.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import { isOutdated } from '../../../core/schema/upgrade.ts';
import { readMany } from '../batch-read.ts';
import type { Claims } from '../call.ts';
import { addCommand, readCommand, replaceCommand, toRecord, writtenUnder } from '../commands.ts';
import { Stale, type Write } from '../commit.ts';
import type { Model } from '../model.ts';
import { modelNamed, type Service } from '../service.ts';
import type { Change, Consequences, RecordRule, Rule, RuleContext } from './rule.ts';

/** The rule of an entity, empty if it has none. */
export const ruleOf = ({ rules }: Service, entity: string): Rule =>
  (Object.hasOwn(rules, entity) ? rules[entity] : undefined) ?? {};

/** What a rule is given at one moment. */
export const contextOf = (service: Service, claims: Claims, now: Date): RuleContext => ({
  read: (name, keys) => readMany(service, name, keys),
  claims,
  now,
});

/** What a rule says of a record; nothing when there is no rule. */
export const consequencesOf = async (
  rule: RecordRule | undefined,
  record: PlainRecord,
  context: RuleContext,
): Promise<Consequences> => (rule ? rule(record, context) : {});

const checkSums = ({ name, unique }: Entity, { add }: Change): void => {
  const field = Object.keys(add).find((candidate) => unique.flat().includes(candidate));
  if (field === undefined) return;
  throw new Error(`A rule adds to ${name}.${field}, which is unique: its guard would not follow.`);
};

const sumsOf = (record: PlainRecord, { add }: Change): PlainRecord =>
  Object.fromEntries(Object.entries(add).map(([name, amount]) => [name, Number(record[name]) + amount]));

const holds = (record: PlainRecord, change: Change): boolean =>
  Object.entries(change.while ?? {}).every(([name, value]) => sameJson(record[name], value)) &&
  Object.values(sumsOf(record, change)).every((sum) => Number.isSafeInteger(sum) && Number(sum) >= 0);

/** When a change is made, and for whom: the subject of a token. */
export interface Circumstances {
  readonly now: Date;
  readonly by: string | undefined;
}

/** An item of an earlier schema version cannot be added to: it is rewritten in the shape of today. */
const rewrite = async (
  service: Service,
  model: Model,
  change: Change,
  { now, by }: Circumstances,
): Promise<Put | undefined> => {
  const [name] = model.entity.key;
  const item = await service.store.get(readCommand(model, { [name]: change.key }));
  if (!item || !isOutdated(model.entity, writtenUnder(model.entity, item))) return undefined;
  const record = toRecord(model.entity, item);
  if (!holds(record, change)) throw new Stale();
  const version = Number(record.version);
  const next = { ...record, ...sumsOf(record, change), version: version + 1, updatedAt: now.toISOString() };
  return replaceCommand(model, next, version, by);
};

const askAgain: Write['refusal'] = () => undefined;

const changeWrite = async (service: Service, change: Change, at: Circumstances): Promise<Write> => {
  const model = modelNamed(service, change.entity);
  const [name] = model.entity.key;
  checkSums(model.entity, change);
  if (Object.keys(model.entity.upgrade).length > 0) {
    const Put = await rewrite(service, model, change, at);
    if (Put) return { item: { Put }, refusal: askAgain };
  }
  const Update = addCommand(
    model,
    { [name]: change.key },
    { ...change, now: at.now.toISOString(), by: at.by },
  );
  return { item: { Update }, refusal: askAgain };
};

/** The writes a rule asks for. */
export const changeWrites = (
  service: Service,
  changes: readonly Change[] = [],
  at: Circumstances,
): Promise<Write[]> => Promise.all(changes.map((change) => changeWrite(service, change, at)));
