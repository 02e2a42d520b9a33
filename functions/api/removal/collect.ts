import type { PlainRecord } from '../../../core/http/patch.ts';
import { ProblemError } from '../../../core/http/problem.ts';
import { referenceIndex } from '../../../core/schema/references.ts';
import { tableDefinition, type KeySchema } from '../../../core/table/definition.ts';
import { inParallel } from '../../shared/parallel.ts';
import { readKeys } from '../batch-read.ts';
import { listCommand, toKey } from '../commands.ts';
import type { Model } from '../model.ts';
import { referrersOf, type Referrer } from '../references.ts';
import type { Service } from '../service.ts';
import { identityOf, referredBy, type Leaving } from './removal.ts';

/** How many records go with one at most: as many as a request can plan whole, within its time and memory. */
export const MOST = 1000;
/** How many keys of an index are read at once: all that go, but of those that refuse one is enough. */
const PAGE = { cascade: 100, refuse: 10 } as const;
const AT_ONCE = 16;

/** The records that refer to a value now. The index says which may, it is some moments behind; the table says which do. */
const referring = async function* (
  service: Service,
  { model, field, onDelete }: Referrer,
  value: unknown,
): AsyncGenerator<Leaving> {
  const index = referenceIndex(model.entity, field) ?? '';
  const key = tableDefinition(model.entity).indexes[index] as KeySchema;
  let after: PlainRecord | undefined;
  do {
    const { items, last } = await service.store.query(
      listCommand(model, {
        query: { index, key },
        partition: value,
        limit: PAGE[onDelete],
        descending: false,
        attributes: model.entity.key,
        ...(after ? { after } : {}),
      }),
    );
    const records = await readKeys(service, model, items.map(toKey));
    for (const record of records) if (record[field] === value) yield { model, record };
    after = last && toKey(last);
  } while (after);
};

const tooMany = ({ model: { entity } }: Leaving, all: Iterable<Leaving>): ProblemError => {
  const plurals = new Set(Array.from(all, ({ model }) => model.entity.plural));
  return new ProblemError(
    'still-referenced',
    `More than ${MOST} records would go with this ${entity.name}: ${[...plurals].join(', ')}. ` +
      `Nothing was deleted. Delete some of them first.`,
  );
};

/**
 * A record and all that goes with it. Throws ProblemError `still-referenced` when that is more than one request deletes.
 */
export const withDependants = async (service: Service, root: Leaving): Promise<Leaving[]> => {
  const all = new Map([[identityOf(root), root]]);
  const visit = async (one: Leaving): Promise<Leaving[]> => {
    const fresh: Leaving[] = [];
    for (const referrer of referrersOf(service, one.model)) {
      if (referrer.onDelete === 'refuse') continue;
      for await (const found of referring(service, referrer, referredBy(one))) {
        if (all.has(identityOf(found))) continue;
        all.set(identityOf(found), found);
        fresh.push(found);
        if (all.size > MOST + 1) throw tooMany(root, [...all.values()].slice(1));
      }
    }
    return fresh;
  };
  let level = [root];
  while (level.length > 0) level = (await inParallel(level, AT_ONCE, visit)).flat();
  return [...all.values()];
};

/** The problem of a record that others hold. */
export const stillReferenced = ({ entity }: Model, { model, field }: Referrer): ProblemError =>
  new ProblemError(
    'still-referenced',
    `There are ${model.entity.plural} with this ${entity.name} as ${field}. Delete or change them first.`,
  );

type OnHeld = (held: Leaving, referrer: Referrer, by: Leaving) => Promise<void>;

/** Does something for each record that stays and refers to one that is to go, where that refuses it. */
export const forEachHolder = async (
  service: Service,
  leaving: readonly Leaving[],
  work: OnHeld,
): Promise<void> => {
  const going = new Set(leaving.map(identityOf));
  await inParallel(leaving, AT_ONCE, async (one) => {
    for (const referrer of referrersOf(service, one.model)) {
      if (referrer.onDelete === 'cascade') continue;
      for await (const found of referring(service, referrer, referredBy(one)))
        if (!going.has(identityOf(found))) await work(one, referrer, found);
    }
  });
};

/** Throws ProblemError `still-referenced` when a record that stays holds one that is to go. */
export const refuseHeld = (service: Service, leaving: readonly Leaving[]): Promise<void> =>
  forEachHolder(service, leaving, ({ model }, referrer) => Promise.reject(stillReferenced(model, referrer)));
