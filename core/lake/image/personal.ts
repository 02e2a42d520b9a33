import { isErased, NULL, sealWritten } from '../../privacy/sealing.ts';
import type { Standing } from '../encode.ts';
import { writeBytes } from '../sink.ts';
import type { WriteAttribute } from './writer.ts';

/** What stands before a value that the lake does not get. */
export const NO_PREFIX = new Uint8Array();

/** Writes what `write` does sealed under the key of the row. */
export const writeSealed =
  (write: WriteAttribute, { sealing, path }: Standing): WriteAttribute =>
  (attribute, sink) => {
    const begin = sink.at;
    if (!write(attribute, sink)) return false;
    sealWritten(sealing, path, sink, begin);
    return true;
  };

/** Writes what `write` does, unless the person was erased. */
export const writeUnlessErased =
  (write: WriteAttribute, { sealing }: Standing): WriteAttribute =>
  (attribute, sink) => {
    const begin = sink.at;
    if (!write(attribute, sink)) return false;
    if (isErased(sealing)) {
      sink.at = begin;
      writeBytes(sink, NULL);
    }
    return true;
  };

/** Checks a value as `write` does, and writes nothing. */
export const writeNothing =
  (write: WriteAttribute): WriteAttribute =>
  (attribute, sink) => {
    const begin = sink.at;
    const isRight = write(attribute, sink);
    sink.at = begin;
    return isRight;
  };
