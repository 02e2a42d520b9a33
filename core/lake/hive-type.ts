/** A Glue column type taken apart: what evolution and casts need of it. */
export type HiveType =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'array'; readonly items: HiveType }
  | { readonly kind: 'struct'; readonly members: readonly HiveMember[] };

export interface HiveMember {
  readonly name: string;
  readonly type: HiveType;
}

/** Cuts at the commas that stand at the outer level: `decimal(10,2)` is one piece. */
const pieces = (text: string): string[] => {
  const found: string[] = [];
  let [depth, begin] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if ('<('.includes(character)) depth += 1;
    else if ('>)'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      found.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...found, text.slice(begin)];
};

const member = (text: string): HiveMember => {
  const colon = text.indexOf(':');
  return { name: text.slice(0, colon), type: parse(text.slice(colon + 1)) };
};

const inside = (text: string, word: string): string | undefined =>
  text.startsWith(`${word}<`) && text.endsWith('>') ? text.slice(word.length + 1, -1) : undefined;

const parse = (text: string): HiveType => {
  const items = inside(text, 'array');
  if (items !== undefined) return { kind: 'array', items: parse(items) };
  const members = inside(text, 'struct');
  if (members !== undefined) return { kind: 'struct', members: pieces(members).map(member) };
  return { kind: 'scalar', name: text };
};

/**
 * Takes a Glue column type apart. Types that Glue knows and the schemas do not, such as maps, stay whole.
 *
 * @example
 * parseHiveType('array<struct<sku:string,cents:bigint>>').kind // array
 */
export const parseHiveType = (text: string): HiveType => parse(text.toLowerCase().replaceAll(/\s/g, ''));

/** The text of a type, as DDL takes it. */
export const hiveText = (type: HiveType): string => {
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'array') return `array<${hiveText(type.items)}>`;
  return `struct<${type.members.map(({ name, type: part }) => `${name}:${hiveText(part)}`).join(',')}>`;
};

const SQL_NAMES: Readonly<Record<string, string>> = {
  string: 'varchar',
  int: 'integer',
  float: 'real',
  timestamp: 'timestamp(6)',
};

/** The text of a type in a CAST of Athena's SQL, with the timestamps of Iceberg. */
export const castText = (type: HiveType): string => {
  if (type.kind === 'scalar') return SQL_NAMES[type.name] ?? type.name;
  if (type.kind === 'array') return `array(${castText(type.items)})`;
  return `row(${type.members.map(({ name, type: part }) => `"${name}" ${castText(part)}`).join(', ')})`;
};

/** A type that cannot be made of another by adding to it. */
export class TypeConflict extends Error {}

/**
 * The type that holds what both do: members a struct lacks are added at its end, at every depth, as Iceberg adds them.
 * Throws TypeConflict when anything else differs.
 *
 * @example
 * hiveText(widen(parseHiveType('struct<b:int>'), parseHiveType('struct<a:int,b:int>'))) // struct<b:int,a:int>
 */
export const widen = (existing: HiveType, wanted: HiveType): HiveType => {
  if (existing.kind === 'array' && wanted.kind === 'array')
    return { kind: 'array', items: widen(existing.items, wanted.items) };
  if (existing.kind === 'struct' && wanted.kind === 'struct') return widenStruct(existing, wanted);
  if (hiveText(existing) === hiveText(wanted)) return existing;
  throw new TypeConflict(`${hiveText(existing)} cannot become ${hiveText(wanted)}`);
};

type Struct = Extract<HiveType, { kind: 'struct' }>;

const find = ({ members }: Struct, name: string): HiveMember | undefined =>
  members.find((candidate) => candidate.name === name);

const widenStruct = (existing: Struct, wanted: Struct): Struct => {
  const kept = existing.members.map(({ name, type }) => {
    const other = find(wanted, name);
    return { name, type: other ? widen(type, other.type) : type };
  });
  const added = wanted.members.filter(({ name }) => !find(existing, name));
  return { kind: 'struct', members: [...kept, ...added] };
};
