import * as z from 'zod';

const summarySchema = z.object({
  exportTime: z.iso.datetime(),
  itemCount: z.int(),
});

const fileSchema = z.object({ itemCount: z.int(), dataFileS3Key: z.string() });

/** An export of a table, as its manifest says it. */
export interface Exported {
  /** When the table was so. ISO 8601. */
  readonly exportTime: string;
  readonly itemCount: number;
  /** Data files that have items, in the order of the manifest. */
  readonly files: readonly { readonly key: string; readonly itemCount: number }[];
}

/** The folder of an export, with a trailing slash, by the key of its summary. */
export const folderOf = (summaryKey: string): string => summaryKey.slice(0, summaryKey.lastIndexOf('/') + 1);

/** The name an export has among all: `01693685827463-2d8752fd`. */
export const exportId = (summaryKey: string): string => summaryKey.split('/').at(-2) ?? '';

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/**
 * Reads the manifest of an export. Files are taken to be beside it, whether the manifest names them with the export's prefix or not.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 *
 * @example
 * await readManifest((key) => textOf(key), 'exports/order/AWSDynamoDB/01693685827463-2d8752fd/manifest-summary.json')
 */
export const readManifest = async (
  readText: (key: string) => Promise<string>,
  summaryKey: string,
): Promise<Exported> => {
  const folder = folderOf(summaryKey);
  const [summary, lines] = await Promise.all([
    readText(summaryKey),
    readText(`${folder}manifest-files.json`),
  ]);
  const { exportTime, itemCount } = summarySchema.parse(JSON.parse(summary));
  const files = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => fileSchema.parse(JSON.parse(line)))
    .filter((file) => file.itemCount > 0)
    .map((file) => ({ key: `${folder}data/${nameOf(file.dataFileS3Key)}`, itemCount: file.itemCount }));
  return { exportTime, itemCount, files };
};
