/** A column of a Glue table; `Type` is in Hive's syntax, such as `array<string>`. */
export interface Column {
  readonly Name?: string | undefined;
  readonly Type?: string | undefined;
}

/** What delivery needs to know of a Glue table. */
export interface Table {
  readonly StorageDescriptor?: { readonly Columns?: readonly Column[] | undefined } | undefined;
}

/** Where schemas are looked up. */
export interface Catalog {
  getTable(database: string, name: string): Table | undefined;
}

/** An object's bytes: in memory, or a file the store may move in. */
export type Body = Buffer | { readonly path: string };

export interface ObjectHeaders {
  readonly contentType: string;
  readonly contentEncoding?: string;
}

/** Where objects are delivered to. A put replaces the whole object or fails. */
export interface ObjectStore {
  put(bucket: string, key: string, body: Body, headers: ObjectHeaders): Promise<unknown>;
}
