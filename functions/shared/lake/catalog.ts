import {
  DeleteTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  paginateGetTables,
  UpdateTableCommand,
  type GlueClient,
  type Table,
  type TableInput,
} from '@aws-sdk/client-glue';
import type { Column } from '../../../core/lake/columns.ts';
import type { ExistingColumn } from '../../../core/lake/curated/ddl.ts';

/** What the workflow asks of the Glue catalogue. */
export interface TableCatalog {
  /** The columns of a table, or undefined when there is no such table. */
  readonly columns: (table: string) => Promise<readonly ExistingColumn[] | undefined>;
  /** Gives the columns of a view their comments, and the view its own: CREATE VIEW takes none. */
  readonly describe: (view: string, columns: readonly ColumnComment[], description?: string) => Promise<void>;
  /** The question a view asks, or undefined when there is no such view. */
  readonly viewText: (view: string) => Promise<string | undefined>;
  /** Names of the tables that begin so. */
  readonly tables: (beginning: string) => Promise<string[]>;
  /** Takes a table out of the catalogue, if it is there; its files stay. */
  readonly drop: (table: string) => Promise<void>;
}

type ColumnComment = Pick<Column, 'name' | 'comment'>;

/** The parts of a table that UpdateTable takes back. */
const toInput = ({
  Name,
  Description,
  TableType,
  Parameters,
  PartitionKeys,
  StorageDescriptor,
  ViewOriginalText,
  ViewExpandedText,
}: Table): TableInput => ({
  Name,
  Description,
  TableType,
  Parameters,
  PartitionKeys,
  StorageDescriptor,
  ViewOriginalText,
  ViewExpandedText,
});

/** A view with comments, or undefined when it has them. */
export const commented = (
  view: Table,
  columns: readonly ColumnComment[],
  description = view.Description,
): TableInput | undefined => {
  const comments = new Map(columns.map(({ name, comment }) => [name, comment]));
  const existing = view.StorageDescriptor?.Columns ?? [];
  const next = existing.map((column) => {
    const comment = comments.get(column.Name ?? '');
    return comment ? { ...column, Comment: comment } : column;
  });
  const isSame =
    description === view.Description &&
    next.every(({ Comment }, position) => Comment === existing[position]?.Comment);
  return isSame
    ? undefined
    : toInput({
        ...view,
        Description: description,
        StorageDescriptor: { ...view.StorageDescriptor, Columns: next },
      });
};

/** The SQL in the text Athena keeps of a view. */
const viewSql = (text: string): string | undefined => {
  const encoded = /^\/\* Presto View: (\S+) \*\/$/.exec(text)?.[1];
  if (encoded === undefined) return undefined;
  const { originalSql } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { originalSql?: string };
  return originalSql;
};

/** The catalogue of one database over the SDK. */
export const glueCatalog = (client: GlueClient, database: string): TableCatalog => {
  const find = async (name: string): Promise<Table | undefined> => {
    try {
      return (await client.send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table;
    } catch (error) {
      if (error instanceof EntityNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    columns: async (table) =>
      (await find(table))?.StorageDescriptor?.Columns?.map(({ Name = '', Type = '' }) => ({
        name: Name,
        type: Type,
      })),
    viewText: async (view) => viewSql((await find(view))?.ViewOriginalText ?? ''),
    tables: async (beginning) => {
      const names: string[] = [];
      const input = { DatabaseName: database, Expression: `${beginning}.*` };
      for await (const { TableList = [] } of paginateGetTables({ client }, input))
        names.push(...TableList.map(({ Name = '' }) => Name));
      return names;
    },
    drop: async (table) => {
      try {
        await client.send(new DeleteTableCommand({ DatabaseName: database, Name: table }));
      } catch (error) {
        if (!(error instanceof EntityNotFoundException)) throw error;
      }
    },
    describe: async (view, columns, description) => {
      const table = await find(view);
      const input = table && commented(table, columns, description);
      if (input)
        await client.send(
          new UpdateTableCommand({ DatabaseName: database, TableInput: input, SkipArchive: true }),
        );
    },
  };
};
