import { EntityNotFoundException, GlueClient, paginateGetTables, type Table } from '@aws-sdk/client-glue';
import type { Column } from '../../core/lake/columns.ts';
import { explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import type { Session } from '../query/session.ts';

/** What can stand in a FROM: a view, an Iceberg table, a log that Firehose writes, or another table. */
export interface Relation {
  readonly name: string;
  readonly kind: 'view' | 'iceberg' | 'log' | 'table';
  /** What it says of itself; empty for nothing. */
  readonly comment: string;
  /** Partition keys last. */
  readonly columns: readonly Column[];
  /** Where its files lie; undefined for a view. */
  readonly place: { readonly bucket: string; readonly prefix: string } | undefined;
  /** The names a view reads; those of common table expressions too. */
  readonly reads: readonly string[];
}

const kindOf = ({ TableType, Parameters = {} }: Table): Relation['kind'] => {
  if (TableType === 'VIRTUAL_VIEW') return 'view';
  if (Parameters.table_type?.toUpperCase() === 'ICEBERG') return 'iceberg';
  return Parameters['projection.enabled'] === 'true' ? 'log' : 'table';
};

const placeOf = (location: string | undefined): Relation['place'] => {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location ?? '') ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/?$/, '/') };
};

/**
 * The SQL of a view. Source: https://docs.aws.amazon.com/athena/latest/ug/views-glue.html shows the text Glue keeps: a comment around
 * JSON in Base64.
 */
const sqlOf = ({ ViewOriginalText = '' }: Table): string => {
  const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(ViewOriginalText) ?? [];
  if (encoded === '') return '';
  const { originalSql = '' } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as {
    originalSql?: string;
  };
  return originalSql;
};

const READS = /\b(?:FROM|JOIN)\s+(?:"[^"]+"\.|\w+\.)?"?(\w+)"?/gi;

/** What Athena says of a view that was made without a comment. */
const NO_COMMENT = 'Presto View';

const commentOf = ({ Description, Parameters = {} }: Table): string =>
  Description ?? (Parameters.comment === NO_COMMENT ? '' : (Parameters.comment ?? ''));

/** A relation as Glue describes it. */
export const toRelation = (table: Table): Relation => ({
  name: table.Name ?? '',
  kind: kindOf(table),
  comment: commentOf(table),
  columns: [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])].map(
    ({ Name = '', Type = '', Comment = '' }) => ({ name: Name, type: Type, comment: Comment }),
  ),
  place: placeOf(table.StorageDescriptor?.Location),
  reads: Array.from(sqlOf(table).matchAll(READS), ([, name = '']) => name),
});

const ORDER: readonly Relation['kind'][] = ['view', 'iceberg', 'table', 'log'];

const compare = (one: Relation, other: Relation): number =>
  ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || (one.name < other.name ? -1 : 1);

/** Every relation of the lake, views first. Throws UserError when there is no lake. */
export const readRelations = async ({ client, database, data }: Session): Promise<Relation[]> => {
  const relations: Relation[] = [];
  try {
    const pages = paginateGetTables({ client: new GlueClient(client) }, { DatabaseName: database });
    for await (const { TableList = [] } of pages) relations.push(...TableList.map(toRelation));
  } catch (error) {
    if (!(error instanceof EntityNotFoundException)) throw explainAws(error, data);
    throw new UserError(
      `There is no database ${database}.`,
      'Deploy the lake stack, or name another deployment with --stage.',
    );
  }
  return relations.toSorted(compare);
};
