import { list, pairs, same, type Difference } from '../change.ts';
import type { LockedEntity } from '../lock.ts';
import type { Aspect } from './aspect.ts';

type Keys = readonly string[];

/** What answers a list: the table by its key, or an index by its name. */
interface Source {
  readonly name?: string;
  readonly keys: Keys;
}

const sourcesOf = ({ key, indexes: named }: LockedEntity): Source[] => [
  { keys: key },
  ...Object.entries(named).map(([name, keys]) => ({ name, keys })),
];

/** The first that has the fields, as `core/http/list.ts` chooses. */
const answering = (entity: LockedEntity, [partition, sort]: Keys): Source | undefined =>
  sourcesOf(entity).find(({ keys }) => keys[0] === partition && (sort === undefined || keys[1] === sort));

/** What lists could be asked for: a partition alone, or with its sort key. */
const requestsOf = (keys: Keys): Keys[] => (keys.length > 1 ? [keys.slice(0, 1), keys] : [keys]);

/** Whether some items have no such field: the older ones, where it is new. */
const mayLack = (before: LockedEntity, after: LockedEntity, field: string): boolean =>
  after.fields[field]?.presence !== undefined || !Object.hasOwn(before.fields, field);

/** Another index answers what one did, and has not all records it had. */
const sparser = (before: LockedEntity, after: LockedEntity): Difference[] => {
  const requests = sourcesOf(before).flatMap(({ keys }) => requestsOf(keys));
  const found = requests.flatMap((request) => {
    const [had, has] = [answering(before, request), answering(after, request)];
    const lacked =
      has?.keys.filter((field) => !had?.keys.includes(field) && mayLack(before, after, field)) ?? [];
    return lacked.length === 0 ? [] : [{ request, name: String(has?.name), lacked }];
  });
  return found.map(({ request, name, lacked }) => ({
    place: `indexes.${name}`,
    what: `answers lists by ${list(request)} now`,
    breaks: { requests: `lists by ${list(request)} leave out records without ${list(lacked)}` },
    cure: 'Declare it after the one that answered before, and keep that',
  }));
};

const ONE_AT_A_TIME =
  'CloudFormation makes or removes one index of a table in an update: deploy this one before the next';

const added = (before: LockedEntity, keys: Keys, place: string): Difference => {
  const late = keys.filter((field) => !Object.hasOwn(before.fields, field));
  const notice =
    late.length > 0 ? { notice: `items are in it once they are written with ${list(late)}` } : {};
  return { place, what: `is new: ${list(keys)}`, ...notice };
};

const removed = (after: LockedEntity, keys: Keys, place: string): Difference =>
  requestsOf(keys).every((request) => answering(after, request))
    ? { place, what: `is gone; another answers ${list(keys)}` }
    : {
        place,
        what: `is gone: ${list(keys)}`,
        breaks: { requests: `lists by ${list(keys)} are refused` },
        cure: 'Keep it',
      };

const replaced = (before: Keys, after: Keys, place: string): Difference => ({
  place,
  what: `${list(before)} → ${list(after)}`,
  breaks: { requests: 'DynamoDB makes an index of other fields anew, and lists fail or are short meanwhile' },
  cure: 'Add another index beside it',
});

/** Which lists are answered, and by what. */
export const indexes: Aspect = (before, after) => {
  const changed = pairs(before.indexes, after.indexes).filter((pair) => !same(pair.before, pair.after));
  const differences = changed.map(({ name, before: had, after: has = [] }): Difference => {
    const place = `indexes.${name}`;
    if (!had) return added(before, has, place);
    return has.length === 0 ? removed(after, had, place) : replaced(had, has, place);
  });
  const several = changed.length > 1 ? { notice: ONE_AT_A_TIME } : {};
  return [...differences.map((difference) => ({ ...several, ...difference })), ...sparser(before, after)];
};
