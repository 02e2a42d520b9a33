import type { PlainRecord } from '../../../core/http/patch.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import { readMany } from '../batch-read.ts';
import type { Claims } from '../call.ts';
import { addCommand } from '../commands.ts';
import type { Write } from '../commit.ts';
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

/** The writes a rule asks for. */
export const changeWrites = (service: Service, changes: readonly Change[] = [], now: Date): Write[] =>
  changes.map((change) => {
    const model = modelNamed(service, change.entity);
    const [name] = model.entity.key;
    checkSums(model.entity, change);
    const command = addCommand(model, { [name]: change.key }, { ...change, now: now.toISOString() });
    return { item: { Update: command }, refusal: () => undefined };
  });
