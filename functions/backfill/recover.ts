import { HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import {
  DeleteTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  type GlueClient,
} from '@aws-sdk/client-glue';
import { curatedTables } from '../../core/lake/curated/tables.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { LakePlace } from '../../core/lake/views/tail.ts';
import { glueCatalog } from '../shared/lake/catalog.ts';
import type { Documents } from '../shared/lake/documents.ts';
import { changeWatermark } from '../shared/lake/read-watermark.ts';
import { ensureStatements } from '../shared/lake/statements.ts';
import { NOTHING_MERGED } from '../../core/lake/state/watermark.ts';

interface Clients {
  readonly s3: S3Client;
  readonly glue: GlueClient;
  readonly documents: Documents;
}

const metadataOf = async ({ glue }: Clients, database: string, name: string): Promise<string | undefined> => {
  try {
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }));
    return Table?.Parameters?.metadata_location;
  } catch (error) {
    if (error instanceof EntityNotFoundException) return undefined;
    throw error;
  }
};

const isThere = async ({ s3 }: Clients, location: string): Promise<boolean> => {
  const { hostname: bucket, pathname } = new URL(location);
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: decodeURIComponent(pathname.slice(1)) }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
};

/** Drops a table from the catalogue when the bucket has nothing of it any more: no statement could read it. */
const dropLost = async (clients: Clients, database: string, name: string): Promise<boolean> => {
  const location = await metadataOf(clients, database, name);
  if (location === undefined || (await isThere(clients, location))) return false;
  await clients.glue.send(new DeleteTableCommand({ DatabaseName: database, Name: name }));
  return true;
};

/**
 * Finds out which curated tables of an entity were lost with their files, drops those, has the log merged from its beginning again,
 * and answers the statements that make the tables anew. Where nothing was lost it changes nothing.
 */
export const recoverTables = async (
  clients: Clients,
  entity: Entity,
  place: LakePlace,
): Promise<string[]> => {
  const lost = await Promise.all(
    curatedTables(entity).map(({ name }) => dropLost(clients, place.database, name)),
  );
  if (lost.includes(true)) await changeWatermark(clients.documents, entity.name, () => NOTHING_MERGED);
  return ensureStatements(entity, place, glueCatalog(clients.glue, place.database));
};
