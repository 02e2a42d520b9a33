import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import { reserve, writeBytes, type Sink } from '../sink.ts';
import type { Predicate } from './checks.ts';
import type { WriteAttribute, WriteMap } from './writer.ts';

/** One field of an object, compiled. */
export interface Member {
  readonly name: string;
  /** `,"column":` */
  readonly prefix: Uint8Array;
  readonly write: WriteAttribute;
  /** Writes what stands for a missing attribute, prefix included; false when the schema must say. */
  readonly writeMissing: (sink: Sink) => boolean;
}

/** The bytes before a member's value. */
export const memberPrefix = (column: string): Uint8Array => Uint8Array.from(Buffer.from(`,"${column}":`));

const close = (sink: Sink, begin: number, opening: number, closing: number): void => {
  reserve(sink, 2);
  if (sink.at === begin) sink.at += 1;
  // Every element began with a comma: the first one's place is where the bracket belongs.
  sink.bytes[begin] = opening;
  sink.bytes[sink.at] = closing;
  sink.at += 1;
};

const caseSource = ({ name }: Member, index: number): string => `
      case '${name}':
        writeBytes(sink, prefix${index});
        if (!write${index}(map.${name}, sink)) return false;
        seen += 1;
        break;`;

const missingSource = ({ name }: Member, index: number): string => `
    if (map.${name} === undefined && !member${index}.writeMissing(sink)) return false;`;

const source = (members: readonly Member[], aside: readonly string[]): string => `
${members.map((_, index) => `const member${index} = members[${index}], { prefix: prefix${index}, write: write${index} } = member${index};`).join('\n')}
return (map, sink) => {
  let seen = 0;
  for (const name in map)
    switch (name) {${members.map(caseSource).join('')}
      ${aside.map((name) => `case '${name}': break;`).join('')}
      default: return false;
    }
  if (seen < ${members.length}) {${members.map(missingSource).join('')}
  }
  return true;
};`;

/**
 * Writes the members of a map that has no attribute besides them, but for `aside`, in the order of the map. The
 * function is made from source, so that every member has its own property access and call. Names in it are field
 * names: letters and digits.
 */
export const writeMembers = (members: readonly Member[], aside: readonly string[] = []): WriteMap =>
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- see above: the source is ours, names are checked
  new Function('members', 'writeBytes', source(members, aside))(members, writeBytes) as WriteMap;

/** Writes an object of members. */
export const writeObject = (members: readonly Member[]): WriteAttribute => {
  const write = writeMembers(members);
  return ({ M }, sink) => {
    if (typeof M !== 'object') return false;
    const begin = sink.at;
    if (!write(M as AttributeMap, sink)) return false;
    close(sink, begin, 0x7b, 0x7d);
    return true;
  };
};

/** Writes a list whose length keeps to a rule. */
export const writeArray =
  (fits: Predicate<{ readonly length: number }>, write: WriteAttribute): WriteAttribute =>
  ({ L }, sink) => {
    if (!Array.isArray(L) || !fits(L)) return false;
    const begin = sink.at;
    for (let index = 0; index < L.length; index += 1) {
      reserve(sink, 1);
      sink.bytes[sink.at] = 0x2c;
      sink.at += 1;
      if (!write(L[index] as AttributeValue, sink)) return false;
    }
    close(sink, begin, 0x5b, 0x5d);
    return true;
  };
