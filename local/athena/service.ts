import { join } from 'node:path';
import type { Catalog } from '../glue/catalog.ts';
import { jsonProtocol } from '../gateway/json.ts';
import type { Cloud, Service } from '../service.ts';
import { openEngine } from './engine/duckdb.ts';
import { openExecutions } from './executions.ts';
import { openRuntime } from './iceberg/runtime.ts';
import { metadataOperations } from './metadata-operations.ts';
import { queryOperations } from './query-operations.ts';
import { createRunner, type ObjectStore } from './runner.ts';
import { readWorkGroups } from './workgroups.ts';

export type { ObjectStore } from './runner.ts';

/**
 * Serves Athena's API over the tables of the catalogue and the files of the store.
 * `close` cancels what runs; finished queries and their results outlive it.
 *
 * @example
 * const athena = startAthena(cloud, { catalog: openCatalog(cloud), store });
 */
export const startAthena = (
  cloud: Cloud,
  { catalog, store }: { catalog: Catalog; store: ObjectStore },
): Service => {
  const folder = join(cloud.dataDir, 'athena');
  const engine = openEngine(join(folder, 'spill'));
  const iceberg = openRuntime(join(folder, 'drafts'));
  const executions = openExecutions(cloud.dataDir);
  const workGroups = readWorkGroups(cloud);
  const runner = createRunner({ cloud, catalog, store, engine, executions, iceberg });
  return {
    name: 'athena',
    handle: jsonProtocol({
      ...queryOperations({ cloud, store, runner, executions, workGroups }),
      ...metadataOperations({ cloud, catalog, workGroups }),
    }),
    async close() {
      await runner.close();
      await engine.close();
    },
  };
};
