import type { Difference } from './change.ts';
import type { Lock, LockedField, LockedFields, LockedSchema, LockedType } from './lock.ts';

/** A value of a column that no other is inside of: `lines[].amount` of the type `money`. */
interface Leaf {
  readonly path: string;
  readonly type: string;
}

type Leaves = ReadonlyMap<string, string>;

const typeText = ({ type, precision, scale }: LockedType): string =>
  type === 'decimal' ? `decimal(${precision},${scale})` : type;

/** As the lake has it: a sealed value is a text, and a dropped one is not there. */
const leavesOf = (path: string, type: LockedField): Leaf[] => {
  if (type.personal === 'drop') return [];
  if (type.personal === true) return [{ path, type: 'string' }];
  if (type.items) return leavesOf(`${path}[]`, type.items);
  if (type.fields) return leavesOfFields(`${path}.`, type.fields);
  return [{ path, type: typeText(type) }];
};

const leavesOfFields = (at: string, fields: LockedFields): Leaf[] =>
  Object.entries(fields).flatMap(([name, field]) => leavesOf(`${at}${columnOf(name, field)}`, field));

const columnOf = (name: string, { column }: LockedField): string => column ?? name;

type Named = readonly [name: string, field: LockedField];

const leavesOfField = ([name, field]: Named): Leaf[] => leavesOf(columnOf(name, field), field);

/** Whether a field of another name still is the column, with all that one has. */
export const keepsColumn = (before: Named, after: Named): boolean => {
  const kept = leavesOfField(after);
  return leavesOfField(before).every(({ path, type }) =>
    kept.some((leaf) => leaf.path === path && leaf.type === type),
  );
};

/** What lies in the files of a schema's log, by path. */
const leaves = (schema: LockedSchema | undefined): Leaves =>
  new Map(leavesOfFields('', schema?.fields ?? {}).map(({ path, type }) => [path, type]));

/** `lines[].amount` as `lines`, `[]`, `amount`. */
const stepsOf = (path: string): string[] => path.match(/\[\]|[^.[\]]+/g) ?? [];

/** Whether a file cannot have both: the same value of two types, or one inside what the other has no inside for. */
const clash = (one: Leaf, other: Leaf): boolean => {
  const [steps, others] = [stepsOf(one.path), stepsOf(other.path)];
  const apart = steps.findIndex((step, index) => step !== others[index]);
  if (apart === -1) return others.length > steps.length || one.type !== other.type;
  const [step, against] = [steps[apart], others[apart]];
  return against === undefined || step === '[]' || against === '[]';
};

const retiredLeaves = (retired: Readonly<Record<string, readonly string[]>>): Leaf[] =>
  Object.entries(retired).flatMap(([path, types]) => types.map((type) => ({ path, type })));

/** Columns that come back to a log whose files have them as something else. */
export const columnClashes = (
  name: string,
  before: LockedSchema | undefined,
  after: LockedSchema,
  { retired }: Lock,
): Difference[] => {
  const had = leaves(before);
  const gone = Object.hasOwn(retired, name) ? retiredLeaves(retired[name] ?? {}) : [];
  return [...leaves(after)].flatMap(([path, type]) => {
    const other = had.has(path) ? undefined : gone.find((leaf) => clash(leaf, { path, type }));
    if (!other) return [];
    return {
      place: path,
      what: `is a column again, and was ${other.path} of type ${other.type} once`,
      breaks: { lake: 'files of the log have it as that, and SQL that names it fails' },
      cure: 'Give it another name',
    };
  });
};

type Retired = Lock['retired'];

const retiredOf = (name: string, before: Lock, after: Lock['schemas']): [string, Retired[string]] => {
  const now = leaves(after[name]);
  const all = [
    ...retiredLeaves(before.retired[name] ?? {}),
    ...leavesOfFields('', before.schemas[name]?.fields ?? {}),
  ];
  const gone = all.filter(({ path, type }) => now.get(path) !== type);
  const paths = Object.entries(Object.groupBy(gone, ({ path }) => path));
  return [
    name,
    Object.fromEntries(paths.map(([path, some = []]) => [path, [...new Set(some.map(({ type }) => type))]])),
  ];
};

/** What is retired once the schemas are others: every column there was that is not there as it was. */
export const retire = (before: Lock, after: Lock['schemas']): Retired => {
  const names = [...new Set([...Object.keys(before.schemas), ...Object.keys(before.retired)])];
  const entries = names.map((name) => retiredOf(name, before, after));
  return Object.fromEntries(entries.filter(([, columns]) => Object.keys(columns).length > 0));
};
