import type { Write } from './commit.ts';
import type { Model } from './model.ts';
import { referenceWrites } from './references.ts';
import type { Change } from './rules/rule.ts';
import type { Service } from './service.ts';
import { uniqueWrites, type Transition } from './unique.ts';

/** What has to be written together with a record that is created or changed so that the schema's `unique` and `references` hold. */
export const guardWrites = async (
  service: Service,
  model: Model,
  transition: Transition,
  changes: readonly Change[] = [],
): Promise<Write[]> => {
  const writes = await Promise.all([
    uniqueWrites(service, model, transition),
    referenceWrites(service, model, transition, changes),
  ]);
  return writes.flat();
};
