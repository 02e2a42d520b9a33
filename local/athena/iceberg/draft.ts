import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { IcebergContext } from './context.ts';
import { discard, writeObject } from './object.ts';

/** The files one statement writes: all kept by its commit, or all taken back. */
export interface Draft {
  /** A folder for files that are no objects yet. */
  readonly folder: string;
  /** Puts a file into the store; until the draft ends, nobody takes it for an orphan. */
  put(address: string, body: Buffer | { readonly path: string }): Promise<void>;
  /** Takes objects back. */
  discard(addresses: readonly string[]): void;
}

/** Gives work a draft. When the work fails, nothing it put stays. */
export const withDraft = async <T>(
  context: IcebergContext,
  work: (draft: Draft) => Promise<T>,
): Promise<T> => {
  const folder = join(context.scratch, randomUUID());
  const put = new Set<string>();
  mkdirSync(folder);
  const draft: Draft = {
    folder,
    put: async (address, body) => {
      put.add(address);
      await writeObject(context, address, body);
    },
    discard: (addresses) => {
      discard(context, addresses);
      for (const address of addresses) put.delete(address);
    },
  };
  try {
    return await work(draft);
  } catch (error) {
    discard(context, [...put]);
    throw error;
  } finally {
    for (const address of put) context.runtime.inFlight.delete(address);
    rmSync(folder, { recursive: true, force: true });
  }
};
