import type { Entity } from '../schema/entity.ts';
import { dependantsOf, holdersOf } from '../schema/references.ts';

const plurals = (entities: readonly Entity[]): string => entities.map(({ plural }) => plural).join(', ');

/** What a delete takes along, and what refuses it. */
export const describeDelete = (
  entity: Entity,
  entities: readonly Entity[],
): { readonly description?: string } => {
  const dependants = dependantsOf(entity, entities);
  const holders = holdersOf([entity, ...dependants], entities);
  const said = [
    ...(dependants.length > 0
      ? [`Takes along what refers to it, at once or in turn: ${plurals(dependants)}.`]
      : []),
    ...(holders.length > 0 ? [`Refused while others refer to what would go: ${plurals(holders)}.`] : []),
  ];
  return said.length > 0 ? { description: said.join(' ') } : {};
};
