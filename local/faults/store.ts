import type { S3Store } from '../s3/store.ts';
import type { Faults } from './faults.ts';
import type { FaultKind } from './plan.ts';

const KINDS: ReadonlySet<FaultKind> = new Set(['disk-full']);

const noSpace = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device, write. A fault plan says so.'), {
    code: 'ENOSPC',
  });

/**
 * A store whose disk is full when a plan says so, whoever writes: callers over the endpoint, or services of the local cloud.
 *
 * @example
 * const store = storeWithFaults(openObjectStore(cloud), faults);
 */
export const storeWithFaults = (store: S3Store, faults: Faults): S3Store => {
  const needRoom = (): void => {
    if (faults.active() && faults.strike('s3:PutObject', '', KINDS)) throw noSpace();
  };
  return {
    ...store,
    put: async (...parameters) => {
      needRoom();
      return store.put(...parameters);
    },
    stage: async (...parameters) => {
      needRoom();
      return store.stage(...parameters);
    },
  };
};
