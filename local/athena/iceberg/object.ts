import { readFileSync } from 'node:fs';
import { splitLocation, type StoredFile } from '../engine/files.ts';
import { SqlError } from '../sql/error.ts';
import type { IcebergContext, TableStore } from './context.ts';

export const headOf = (store: TableStore, address: string): StoredFile => {
  const { bucket, prefix } = splitLocation(address);
  const found = store.head(bucket, prefix);
  if (found) return found;
  throw new SqlError('ICEBERG_MISSING_METADATA', `File does not exist: ${address}`);
};

/** The path on disk of an object, for the engine to read. */
export const pathOf = (store: TableStore, address: string): string => headOf(store, address).path;

export const readObject = (store: TableStore, address: string): Buffer =>
  readFileSync(pathOf(store, address));

/** Writes an object of a commit under way. */
export const writeObject = async (
  { store, runtime }: IcebergContext,
  address: string,
  body: Buffer | { readonly path: string },
): Promise<void> => {
  runtime.inFlight.add(address);
  const { bucket, prefix } = splitLocation(address);
  await store.put(bucket, prefix, body);
};

/** Removes what a commit that failed had written. */
export const discard = ({ store, runtime }: IcebergContext, addresses: readonly string[]): void => {
  for (const address of addresses) {
    const { bucket, prefix } = splitLocation(address);
    store.remove(bucket, prefix);
    runtime.inFlight.delete(address);
  }
};

/** A location without its last slash. */
export const withoutSlash = (location: string): string => location.replace(/\/+$/, '');
