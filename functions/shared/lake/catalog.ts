import {
  EntityNotFoundException,
  GetTableCommand,
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
  /** Gives the columns of a view their comments: CREATE VIEW takes none. */
  readonly describe: (view: string, columns: readonly Column[]) => Promise<void>;
}

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

/** A view with the comments of its columns, or undefined when it has them. */
export const commented = (view: Table, columns: readonly Column[]): TableInput | undefined => {
  const comments = new Map(columns.map(({ name, comment }) => [name, comment]));
  const existing = view.StorageDescriptor?.Columns ?? [];
  const next = existing.map((column) => {
    const comment = comments.get(column.Name ?? '');
    return comment ? { ...column, Comment: comment } : column;
  });
  const isSame = next.every(({ Comment }, position) => Comment === existing[position]?.Comment);
  return isSame
    ? undefined
    : toInput({ ...view, StorageDescriptor: { ...view.StorageDescriptor, Columns: next } });
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
    describe: async (view, columns) => {
      const table = await find(view);
      const input = table && commented(table, columns);
      if (input)
        await client.send(
          new UpdateTableCommand({ DatabaseName: database, TableInput: input, SkipArchive: true }),
        );
    },
  };
};
