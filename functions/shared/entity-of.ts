import type { Entity } from '../../core/schema/entity.ts';

/** The entity of a name, or of the name of its view. Throws Error when none has it. */
export const entityOf = ({ entities }: { readonly entities: readonly Entity[] }, name: string): Entity => {
  const entity = entities.find((candidate) => candidate.name === name || candidate.plural === name);
  if (entity) return entity;
  throw new Error(`There is no entity "${name}". There are ${entities.map((one) => one.name).join(', ')}.`);
};
