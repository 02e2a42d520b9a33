import { resolve } from 'node:path';
import { loadQueries, queryFolderOf } from '../core/queries/load.ts';

const { TAILRACE_SCHEMAS, TAILRACE_QUERIES } = process.env;
const ROOT = resolve(import.meta.dirname, '..');

/**
 * Every query of the store: whatever lies in this folder, or in the one `TAILRACE_QUERIES` names, or beside the schemas
 * that `TAILRACE_SCHEMAS` names.
 */
export const queries = await loadQueries(
  queryFolderOf({ schemaFolder: TAILRACE_SCHEMAS ?? resolve(ROOT, 'schemas'), named: TAILRACE_QUERIES }),
);
