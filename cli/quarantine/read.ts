import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { namesOf } from '../../core/deployment.ts';
import { keyColumns } from '../../core/lake/curated/merge.ts';
import { entriesOf, inOrder, PREFIXES } from '../../core/quarantine/entries.ts';
import type { Entry } from '../../core/quarantine/entry.ts';
import type { Known } from '../../core/quarantine/parse.ts';
import { entitiesOf, type Schema } from '../../core/schema/load.ts';
import { listBelow } from '../export/objects.ts';

const MOST_READS = 32;

const TABLE = /:table\/([^/]+)\/stream\//;

/** What the schemas say of streams and rows. */
export const knownOf = (schemas: readonly Schema[], stage: string): Known => {
  const tables = new Map(entitiesOf(schemas).map((entity) => [namesOf(stage).table(entity), entity.name]));
  const columns = new Map(
    schemas.map((schema) => [schema.name, schema.kind === 'entity' ? keyColumns(schema) : ['event_id']]),
  );
  return {
    keyColumns: (schema) => columns.get(schema) ?? [],
    entityOf: (arn) => tables.get(TABLE.exec(arn)?.[1] ?? ''),
  };
};

/** The bytes of an object; undefined when it went meanwhile. */
export const readObject = async (
  client: S3Client,
  bucket: string,
  key: string,
): Promise<Uint8Array | undefined> => {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
};

export interface Reading {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly known: Known;
  /** Told how many objects of how many were read. */
  readonly onProgress: (read: number, total: number) => void;
}

/** Reads all that fell out, as one list in order of time. */
export const readEntries = async ({ s3, bucket, known, onProgress }: Reading): Promise<Entry[]> => {
  const listed = await Promise.all(PREFIXES.map((prefix) => listBelow(s3, bucket, prefix)));
  const objects = listed.flat().map(({ key }) => key);
  const entries: Entry[] = [];
  for (let first = 0; first < objects.length; first += MOST_READS) {
    onProgress(first, objects.length);
    const some = objects.slice(first, first + MOST_READS);
    const read = await Promise.all(
      some.map(async (object) => {
        const bytes = await readObject(s3, bucket, object);
        return bytes ? entriesOf(object, bytes, known) : [];
      }),
    );
    entries.push(...read.flat());
  }
  return inOrder(entries);
};
