/** How Hive writes a partition key that is NULL or empty. */
export const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/**
 * The name of a partition, which is its path below the table too.
 *
 * @example
 * partitionName(['dt', 'kind'], ['2026-11-22', 'a/b']); // 'dt=2026-11-22/kind=a%2Fb'
 */
export const partitionName = (keys: readonly string[], values: readonly (string | undefined)[]): string =>
  keys.map((key, index) => `${key}=${escaped(values[index])}`).join('/');

/** A value with what Hive does not leave in a path as its number. */
const escaped = (value: string | undefined): string =>
  value === undefined || value === ''
    ? NULL_PARTITION
    : // oxlint-disable-next-line no-control-regex -- control characters are among those Hive escapes
      value.replaceAll(/[\u0001-\u001F"#%'*/:=?\\\u007F{[\]^]/g, (character) => `%${hex(character)}`);

const hex = (character: string) => character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
