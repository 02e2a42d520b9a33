/** Kept with every item, never answered and no column: the version of the schema it was written under. */
export const SCHEMA_VERSION = 'schemaVersion';
