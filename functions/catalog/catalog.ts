import type { LakePlace } from '../../core/lake/views/tail.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { TableCatalog } from '../shared/lake/catalog.ts';
import type { Documents } from '../shared/lake/documents.ts';
import { readWatermark } from '../shared/lake/read-watermark.ts';
import { currentViews, ensureStatements } from '../shared/lake/statements.ts';
import { runStatements, type CatalogPorts, type Statement } from './run.ts';

/** What bringing the catalogue up to date needs of the world. */
export interface Ports extends CatalogPorts {
  readonly documents: Pick<Documents, 'read'>;
  readonly catalog: Pick<TableCatalog, 'columns' | 'describe'>;
}

const tablesOf = async (ports: Ports, place: LakePlace, entity: Entity): Promise<Statement[]> => {
  const statements = await ensureStatements(entity, place, ports.catalog);
  return statements.map((sql) => ({ name: `A table of ${entity.plural}`, sql }));
};

/**
 * Brings tables and views of some entities to their schemas: views as far as the log is merged by now. Answers the names of the
 * views. Doing it again changes nothing.
 *
 * @example
 * await updateCatalog(ports, { database: 'tailrace_dev', bucket: 'lake' }, [order]) // ['orders', 'orders_history', …]
 */
export const updateCatalog = async (
  ports: Ports,
  place: LakePlace,
  entities: readonly Entity[],
): Promise<string[]> => {
  await runStatements(ports, await Promise.all(entities.map((entity) => tablesOf(ports, place, entity))));
  const views = await Promise.all(
    entities.map(async (entity) => {
      const { watermark } = await readWatermark(ports.documents, entity.name);
      return currentViews(entity, place, watermark);
    }),
  );
  await runStatements(
    ports,
    views.map((list) => list.map(({ name, sql }) => ({ name: `The view ${name}`, sql }))),
  );
  await Promise.all(views.flat().map(({ name, columns }) => ports.catalog.describe(name, columns)));
  return views.flat().map(({ name }) => name);
};
