import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../glue/catalog.ts';
import { jsonProtocol } from '../gateway/json.ts';
import type { Cloud, Service } from '../service.ts';
import { openEngine } from './engine/duckdb.ts';
import { openFooters } from './engine/footers.ts';
import { openPlanner } from './engine/planner.ts';
import { openExecutions } from './executions.ts';
import type { TableStore } from './iceberg/context.ts';
import { openRuntime } from './iceberg/runtime.ts';
import { metadataOperations } from './metadata-operations.ts';
import { namedQueryOperations } from './named-queries.ts';
import { openPreparedStatements, preparedStatementOperations } from './prepared-statements.ts';
import { queryOperations } from './query-operations.ts';
import { createRunner } from './runner.ts';
import { readWorkGroups } from './workgroups.ts';

/**
 * Serves Athena's API over the tables of the catalogue and the files of the store.
 * `close` cancels what runs; finished queries and their results outlive it.
 *
 * @example
 * const athena = startAthena(cloud, { catalog: openCatalog(cloud), store });
 */
export const startAthena = (
  cloud: Cloud,
  { catalog, store }: { catalog: Catalog; store: TableStore },
): Service => {
  const scratch = emptyFolder(join(cloud.dataDir, 'athena', 'tmp'));
  const engine = openEngine(join(scratch, 'spilled'));
  const planner = openPlanner();
  const executions = openExecutions(cloud.dataDir);
  const workGroups = readWorkGroups(cloud);
  const footers = openFooters();
  const prepared = openPreparedStatements(cloud);
  const runner = createRunner({
    cloud,
    catalog,
    store,
    engine,
    footers,
    planner,
    executions,
    prepared,
    scratch,
    iceberg: openRuntime(),
  });
  return {
    name: 'athena',
    handle: jsonProtocol({
      ...queryOperations({ cloud, store, runner, executions, prepared, workGroups }),
      ...metadataOperations({ cloud, catalog, workGroups }),
      ...namedQueryOperations(cloud, workGroups),
      ...preparedStatementOperations({ cloud, prepared, workGroups }),
    }),
    async close() {
      await runner.close();
      await engine.close();
      await planner.close();
    },
  };
};

/** A folder for what lasts no longer than the process. */
const emptyFolder = (path: string): string => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
};
