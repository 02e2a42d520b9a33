import type { Entity } from '../core/schema/entity.ts';
import { entitiesOf } from '../core/schema/load.ts';
import { UserError } from './errors.ts';

/** The entity of a name, or of the name of its view. Throws UserError that says which there are. */
export const findEntity = async (name: string): Promise<Entity> => {
  const { schemas } = await import('../schemas/index.ts');
  const entities = entitiesOf(schemas);
  const found = entities.find((entity) => entity.name === name || entity.plural === name);
  if (found) return found;
  throw new UserError(
    `There is no entity "${name}".`,
    `Entities are ${entities.map((entity) => entity.name).join(', ')}.`,
  );
};
