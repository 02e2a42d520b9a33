import { loadSchemas } from '../core/schema/load.ts';

/** Every schema of the store: whatever lies in this folder, or in the one `TAILRACE_SCHEMAS` names. */
export const schemas = await loadSchemas(process.env.TAILRACE_SCHEMAS ?? import.meta.dirname);
