import type { Difference } from '../change.ts';
import type { LockedEntity } from '../lock.ts';

/** Compares one side of an entity. */
export type Aspect = (before: LockedEntity, after: LockedEntity) => Difference[];
