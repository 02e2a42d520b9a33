import { GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { GetTableCommand, GlueClient, UpdateTableCommand, type Table } from '@aws-sdk/client-glue';
import { ended, REGION, run, start, type Answered, type Lake } from '../lake.ts';

/** The statement that makes a table below `s3://lake/curated/`. */
export const createTable = (
  name: string,
  columns: string,
  { partitioned, properties = {} }: { partitioned?: string; properties?: Record<string, string> } = {},
): string => {
  const all = Object.entries({ table_type: 'ICEBERG', ...properties })
    .map(([key, value]) => `'${key}'='${value}'`)
    .join(', ');
  const partition = partitioned === undefined ? '' : ` PARTITIONED BY (${partitioned})`;
  return `CREATE TABLE ${name} (${columns})${partition} LOCATION 's3://lake/curated/${name}/' TBLPROPERTIES (${all})`;
};

export const rowsOf = async (lake: Lake, sql: string): Promise<Answered['rows']> =>
  (await run(lake, sql)).rows;

/** The rows a statement says it wrote. */
export const updateCount = async (lake: Lake, sql: string): Promise<number | undefined> => {
  const id = await start(lake, sql);
  await ended(lake, id);
  const results = await lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
  return results.UpdateCount;
};

const withGlue = async <T>(lake: Lake, work: (glue: GlueClient) => Promise<T>): Promise<T> => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const glue = new GlueClient({ endpoint: lake.endpoint, region: REGION, credentials, maxAttempts: 1 });
  try {
    return await work(glue);
  } finally {
    glue.destroy();
  }
};

/** A table as Glue's API shows it. */
export const glueTable = (lake: Lake, name: string): Promise<Table> =>
  withGlue(lake, async (glue) => {
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: name }));
    return Table as Table;
  });

/** Points the catalogue to a metadata file, as another engine does when it commits; names the version it has read. */
export const pointTo = (lake: Lake, table: Table, metadataLocation: string): Promise<unknown> =>
  withGlue(lake, (glue) =>
    glue.send(
      new UpdateTableCommand({
        DatabaseName: 'shop',
        VersionId: table.VersionId,
        SkipArchive: true,
        TableInput: {
          Name: table.Name,
          TableType: table.TableType,
          StorageDescriptor: table.StorageDescriptor,
          Parameters: { ...table.Parameters, metadata_location: metadataLocation },
        },
      }),
    ),
  );

/** Sets a property Athena does not know on a table without data, as another engine would. */
export const withProperty = async (lake: Lake, name: string, key: string, value: string): Promise<void> => {
  const table = await glueTable(lake, name);
  const old = (table.Parameters?.['metadata_location'] ?? '').replace('s3://lake/', '');
  const metadata = JSON.parse((await lake.store.get('lake', old)).toString()) as { properties: object };
  const changed = { ...metadata, properties: { ...metadata.properties, [key]: value } };
  const next = old.replace('/00000-', '/00001-');
  await lake.store.put('lake', next, Buffer.from(JSON.stringify(changed)));
  await pointTo(lake, table, `s3://lake/${next}`);
};

const bytesScanned = (answered: Answered) => answered.execution.Statistics?.DataScannedInBytes;

/** Bytes a query scans. */
export const scanned = async (lake: Lake, sql: string): Promise<number | undefined> =>
  bytesScanned(await run(lake, sql));

/** Objects below a table's folder, by the end of their name. */
export const objectsOf = (lake: Lake, table: string, ending = ''): string[] =>
  lake.store
    .list('lake', `curated/${table}/`)
    .map(({ key }) => key)
    .filter((key) => key.endsWith(ending));

/**
 * Runs something else when a statement is about to put an object whose key ends so: in the middle of a statement, at
 * the same place each time.
 */
export const inTheMiddle = (lake: Lake, ending: string, work: () => Promise<unknown>): void => {
  const store = lake.store as { put: Lake['store']['put'] };
  const original = store.put;
  store.put = async (bucket, key, ...rest) => {
    if (key.endsWith(ending)) {
      store.put = original;
      await work();
    }
    return original(bucket, key, ...rest);
  };
};
