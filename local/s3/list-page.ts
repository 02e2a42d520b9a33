import { afterKey, afterPrefix } from './object-index.ts';

/** One page of a listing: objects, the groups that stand for many, and where the next page starts. */
export interface Page<Item> {
  readonly objects: readonly Item[];
  readonly prefixes: readonly string[];
  /** Absent on the last page. */
  readonly next: Buffer | undefined;
  /** The last key or group of the page. */
  readonly last: string | undefined;
}

export interface PageOptions {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Only keys at or above this position of bytes. */
  readonly from: Buffer;
}

/**
 * Takes one page from an ordered scan. Keys that go on past the prefix to a delimiter are one group, which counts
 * as one entry; the scan starts anew behind each, so a group of a million keys costs one step.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export const collectPage = <Item extends { readonly key: string }>(
  scan: (from: Buffer) => Iterable<Item>,
  { prefix, delimiter, maxKeys, from }: PageOptions,
): Page<Item> => {
  const objects: Item[] = [];
  const prefixes: string[] = [];
  let position = from;
  let last: string | undefined;
  const room = () => objects.length + prefixes.length < maxKeys;
  if (maxKeys === 0) return { objects, prefixes, next: undefined, last };
  for (let group: string | undefined = ''; group !== undefined;) {
    group = undefined;
    for (const item of scan(position)) {
      if (!room()) return { objects, prefixes, next: position, last };
      group = groupOf(item.key, prefix, delimiter);
      last = group ?? item.key;
      position = group === undefined ? afterKey(Buffer.from(item.key)) : afterPrefix(Buffer.from(group));
      if (group !== undefined) break;
      objects.push(item);
    }
    if (group !== undefined) prefixes.push(group);
  }
  return { objects, prefixes, next: undefined, last };
};

const groupOf = (key: string, prefix: string, delimiter: string): string | undefined => {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
};
