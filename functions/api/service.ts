import type { SavedQuery } from '../../core/queries/parse.ts';
import type { Rule } from './rules/rule.ts';
import type { Model } from './model.ts';
import type { CursorKey } from './seal.ts';
import type { Store } from './store.ts';

/** The port between HTTP and the work: all that an operation may use. */
export interface Service {
  readonly store: Store;
  /** The store with every record in it, whatever the caller owns: for what follows from a write. */
  readonly unbound: Store;
  readonly models: ReadonlyMap<string, Model>;
  /** The table of guards. */
  readonly guards: string;
  /** The table of insights, and the marts whose answers are in it. */
  readonly insights: { readonly table: string; readonly published: readonly SavedQuery[] };
  readonly rules: Readonly<Record<string, Rule>>;
  readonly cursorKey: CursorKey;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Resolves after some milliseconds: between tries. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** The model of an entity. Throws Error when the deployment has no such entity. */
export const modelNamed = (service: Pick<Service, 'models'>, name: string): Model => {
  const model = service.models.get(name);
  if (model) return model;
  throw new Error(`A rule needs the entity "${name}", which no schema declares. Add it to schemas/.`);
};
