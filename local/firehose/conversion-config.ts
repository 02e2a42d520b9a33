import * as z from 'zod';
import type { Cloud } from '../service.ts';
import { parseHiveType, type Field } from './convert/hive-type.ts';
import { hive } from './convert/hive.ts';
import { openx } from './convert/openx.ts';
import type { SerDe } from './convert/serde.ts';
import type { ParquetCompression } from './parquet.ts';
import type { Catalog } from './ports.ts';
import { invalid, refuse } from './refuse.ts';

/** Where the schema is, as error records name it. */
export interface SchemaAddress {
  readonly catalogId: string;
  readonly databaseName: string;
  readonly tableName: string;
  readonly region: string;
  readonly versionId: string;
  readonly roleArn: string;
}

/** How a stream turns JSON into Parquet. */
export interface Conversion {
  readonly serde: SerDe;
  readonly compression: ParquetCompression;
  readonly schema: SchemaAddress;
}

const OpenX = z.object({
  CaseInsensitive: z.boolean().default(true),
  ConvertDotsInJsonKeysToUnderscores: z.boolean().default(false),
  ColumnToJsonKeyMappings: z.record(z.string(), z.string()).default({}),
});

const Hive = z.object({ TimestampFormats: z.array(z.string()).default([]) });

const Block = z.looseObject({
  InputFormatConfiguration: z.object({
    Deserializer: z.object({ OpenXJsonSerDe: OpenX.optional(), HiveJsonSerDe: Hive.optional() }),
  }),
  OutputFormatConfiguration: z.object({
    Serializer: z.object({
      ParquetSerDe: z
        .looseObject({ Compression: z.enum(['SNAPPY', 'GZIP', 'UNCOMPRESSED']).default('SNAPPY') })
        .optional(),
      OrcSerDe: z.unknown().optional(),
    }),
  }),
  SchemaConfiguration: z.object({
    DatabaseName: z.string().min(1),
    TableName: z.string().min(1),
    RoleARN: z.string().min(1),
    CatalogId: z.string().optional(),
    Region: z.string().optional(),
    VersionId: z.string().default('LATEST'),
  }),
});

type Block = z.infer<typeof Block>;

const hiveOf = (name: string, timestampFormats: readonly string[]): SerDe => {
  try {
    return hive(timestampFormats);
  } catch (error) {
    throw invalid(name, (error as Error).message);
  }
};

const serdeOf = (
  name: string,
  { OpenXJsonSerDe, HiveJsonSerDe }: Block['InputFormatConfiguration']['Deserializer'],
): SerDe => {
  if ((OpenXJsonSerDe === undefined) === (HiveJsonSerDe === undefined)) {
    throw invalid(
      name,
      'InputFormatConfiguration.Deserializer must have exactly one of OpenXJsonSerDe and HiveJsonSerDe.',
    );
  }
  if (HiveJsonSerDe) return hiveOf(name, HiveJsonSerDe.TimestampFormats);
  const { CaseInsensitive, ConvertDotsInJsonKeysToUnderscores, ColumnToJsonKeyMappings } = OpenXJsonSerDe!;
  return openx({
    caseInsensitive: CaseInsensitive,
    dotsToUnderscores: ConvertDotsInJsonKeysToUnderscores,
    columnToKey: ColumnToJsonKeyMappings,
  });
};

const compressionOf = (
  name: string,
  { ParquetSerDe, OrcSerDe }: Block['OutputFormatConfiguration']['Serializer'],
) => {
  if (OrcSerDe !== undefined) throw refuse(name, 'OrcSerDe (ORC output)', 'Use ParquetSerDe.');
  if (!ParquetSerDe) throw invalid(name, 'OutputFormatConfiguration.Serializer must have ParquetSerDe.');
  return ParquetSerDe.Compression;
};

const schemaOf = (cloud: Cloud, name: string, given: Block['SchemaConfiguration']): SchemaAddress => {
  if (given.VersionId !== 'LATEST') {
    throw refuse(
      name,
      `SchemaConfiguration.VersionId ${given.VersionId}`,
      'Use LATEST: the local catalog keeps one version.',
    );
  }
  return {
    catalogId: given.CatalogId ?? cloud.account,
    databaseName: given.DatabaseName,
    tableName: given.TableName,
    region: given.Region ?? cloud.region,
    versionId: given.VersionId,
    roleArn: given.RoleARN,
  };
};

/**
 * Reads an enabled `DataFormatConversionConfiguration`.
 *
 * @throws AwsError `InvalidArgumentException` that names the stream and the member
 */
export const conversionOf = (cloud: Cloud, name: string, block: unknown): Conversion => {
  const parsed = Block.safeParse(block);
  if (!parsed.success) {
    throw invalid(name, `DataFormatConversionConfiguration is not valid.\n${z.prettifyError(parsed.error)}`);
  }
  const { InputFormatConfiguration, OutputFormatConfiguration, SchemaConfiguration } = parsed.data;
  return {
    serde: serdeOf(name, InputFormatConfiguration.Deserializer),
    compression: compressionOf(name, OutputFormatConfiguration.Serializer),
    schema: schemaOf(cloud, name, SchemaConfiguration),
  };
};

/**
 * The columns of the Glue table, in order; partition keys are not among them, they are not in the file.
 *
 * @throws AwsError `InvalidArgumentException` when the table is missing or has a type that can not be converted
 */
export const columnsOf = (
  catalog: Catalog,
  name: string,
  { databaseName, tableName }: SchemaAddress,
): Field[] => {
  const table = catalog.getTable(databaseName, tableName);
  if (!table) {
    throw invalid(
      name,
      `EntityNotFoundException: Glue has no table "${databaseName}.${tableName}". Declare it before the stream.`,
    );
  }
  const columns = table.StorageDescriptor?.Columns ?? [];
  if (columns.length === 0) throw invalid(name, `The table "${databaseName}.${tableName}" has no columns.`);
  return columns.map(({ Name = '', Type = 'string' }) => {
    try {
      return { name: Name.toLowerCase(), type: parseHiveType(Type) };
    } catch (error) {
      throw invalid(name, `Column "${Name}" of "${databaseName}.${tableName}": ${(error as Error).message}`);
    }
  });
};
