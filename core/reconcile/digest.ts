import { hash } from 'node:crypto';

/** What is compared first of many records: how many there are, and a sum of their digests in any order. */
export interface Sum {
  readonly count: number;
  readonly digest: bigint;
}

/** Sums by bucket, which is the beginning of a key's hash. */
export type Sums = ReadonlyMap<string, Sum>;

/** Hexadecimal digits of a bucket's name: 4,096 of them. */
const BUCKET_DIGITS = 3;

const md5 = (text: string): Buffer => hash('md5', text, 'buffer');

/** The bucket a record is in, by the text of its key. */
export const bucketOf = (key: string): string =>
  md5(key).toString('hex').slice(0, BUCKET_DIGITS).toUpperCase();

/** The digest of a text: the first half of its MD5, as a signed number. It finds chance and error, not malice. */
export const digestOf = (text: string): bigint => md5(text).readBigInt64BE(0);

/** What stands for one state of a record: its key, and its version or the whole of it. */
export const stateText = (key: string, state: string): string => `${key}@${state}`;

/** The expression of Athena's SQL that `bucketOf` is. */
export const bucketSql = (key: string): string => `substr(to_hex(md5(to_utf8(${key}))), 1, ${BUCKET_DIGITS})`;

/** The expression of Athena's SQL that `digestOf` is. */
export const digestSql = (text: string): string => `from_big_endian_64(substr(md5(to_utf8(${text})), 1, 8))`;

/** A sum that does not overflow: Athena adds decimals in 128 bits. */
export const sumSql = (digest: string): string => `sum(CAST(${digest} AS decimal(38, 0)))`;

const EMPTY: Sum = { count: 0, digest: 0n };

/** Adds up records into sums by bucket. */
export const createSums = () => {
  const sums = new Map<string, { count: number; digest: bigint }>();
  return {
    add: (bucket: string, { count, digest }: Sum): void => {
      const sum = sums.get(bucket);
      if (sum) {
        sum.count += count;
        sum.digest += digest;
      } else sums.set(bucket, { count, digest });
    },
    sums: sums as Sums,
  };
};

/** How many records sums are of. */
export const totalOf = (sums: Sums): number => {
  let total = 0;
  for (const { count } of sums.values()) total += count;
  return total;
};

const isSame = (one: Sum, other: Sum): boolean => one.count === other.count && one.digest === other.digest;

/** The buckets that are not the same on both sides, in order, with the larger count of the two. */
export const differingBuckets = (one: Sums, other: Sums): { bucket: string; count: number }[] =>
  [...new Set([...one.keys(), ...other.keys()])].toSorted().flatMap((bucket) => {
    const [a, b] = [one.get(bucket) ?? EMPTY, other.get(bucket) ?? EMPTY];
    return isSame(a, b) ? [] : [{ bucket, count: Math.max(a.count, b.count) }];
  });
