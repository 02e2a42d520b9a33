import { writeBytes, type Sink } from '../lake/sink.ts';
import { seal } from './seal.ts';
import { ERASED, type KeyOrErased } from './subject-key.ts';

/** Nobody's data, as far as the record says. */
export const NOBODY = 'nobody';

/**
 * Under whose key the row being written is sealed. Writers are compiled once, and look here for each row; undefined says
 * that no key was read.
 */
export interface Sealing {
  key: KeyOrErased | typeof NOBODY | undefined;
}

/** No row is being written yet. */
export const createSealing = (): Sealing => ({ key: undefined });

const known = ({ key }: Sealing): NonNullable<Sealing['key']> => {
  if (key !== undefined) return key;
  throw new Error('A personal value was to be written before the key of its subject was read.');
};

/** Whether the person was erased: then nothing personal arrives any more. */
export const isErased = (sealing: Sealing): boolean => known(sealing) === ERASED;

/** The JSON of what is not there. */
export const NULL = Buffer.from('null');

const tokenOf = (sealing: Sealing, column: string, plaintext: Buffer): Buffer => {
  const key = known(sealing);
  return key === ERASED || key === NOBODY ? NULL : seal(key, column, plaintext);
};

/** The JSON that the lake gets instead of the JSON of a value that is sealed. */
export const sealText = (sealing: Sealing, column: string, json: string): string =>
  tokenOf(sealing, column, Buffer.from(json)).toString('latin1');

/** Puts a token in the place of the JSON that was written from `begin` on. */
export const sealWritten = (sealing: Sealing, column: string, sink: Sink, begin: number): void => {
  const token = tokenOf(sealing, column, sink.bytes.subarray(begin, sink.at));
  sink.at = begin;
  writeBytes(sink, token);
};
