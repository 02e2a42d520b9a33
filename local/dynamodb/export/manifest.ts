import { createHash } from 'node:crypto';

/** An export as DynamoDB describes it. Times are epoch milliseconds. */
export interface Export {
  readonly id: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly tableArn: string;
  readonly tableId: string;
  readonly exportTime: number;
  readonly startTime: number;
  readonly endTime?: number;
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly clientToken?: string | undefined;
  readonly itemCount?: number;
  readonly bytes?: number;
  readonly failure?: string;
}

/** A data file of an export. `md5` is of its bytes, in base64. */
export interface DataFile {
  readonly key: string;
  readonly itemCount: number;
  readonly md5: string;
  readonly etag: string;
}

/** An object an export leaves in the bucket. */
export interface ExportObject {
  readonly key: string;
  readonly body: string;
}

export const md5Of = (body: string | Buffer): string => createHash('md5').update(body).digest('base64');

/** Where an export puts its objects, with a trailing slash. */
export const folderOf = ({ prefix, id }: Pick<Export, 'prefix' | 'id'>): string =>
  `${prefix === undefined ? '' : `${prefix}/`}AWSDynamoDB/${id}/`;

export const exportArn = ({ tableArn, id }: Pick<Export, 'tableArn' | 'id'>): string =>
  `${tableArn}/export/${id}`;

const withChecksum = (key: string, body: string): ExportObject[] => [
  { key: `${key}.json`, body },
  { key: `${key}.checksum`, body: md5Of(body) },
];

const iso = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();

/**
 * The manifest files of an export that is done, and their checksums; the summary, which readers wait for, last.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export const manifestOf = (done: Export, files: readonly DataFile[]): ExportObject[] => {
  const folder = folderOf(done);
  const lines = files.map(({ key, itemCount, md5, etag }) =>
    JSON.stringify({ itemCount, md5Checksum: md5, etag, dataFileS3Key: key }),
  );
  const summary = {
    version: '2020-06-30',
    exportArn: exportArn(done),
    startTime: iso(done.startTime),
    endTime: iso(done.endTime),
    tableArn: done.tableArn,
    tableId: done.tableId,
    exportTime: iso(done.exportTime),
    s3Bucket: done.bucket,
    s3Prefix: done.prefix ?? null,
    s3SseAlgorithm: done.algorithm ?? 'AES256',
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `${folder}manifest-files.json`,
    billedSizeBytes: done.bytes ?? 0,
    itemCount: done.itemCount ?? 0,
    outputFormat: 'DYNAMODB_JSON',
  };
  return [
    ...withChecksum(`${folder}manifest-files`, lines.map((line) => `${line}\n`).join('')),
    ...withChecksum(`${folder}manifest-summary`, JSON.stringify(summary)),
  ];
};

/** The description of an export, as DescribeExport answers it. Times are epoch seconds there. */
export const describeExport = (one: Export): object => ({
  ExportArn: exportArn(one),
  ExportStatus: one.status,
  StartTime: one.startTime / 1000,
  ...(one.endTime === undefined ? {} : { EndTime: one.endTime / 1000 }),
  ...(one.status === 'COMPLETED' ? { ExportManifest: `${folderOf(one)}manifest-summary.json` } : {}),
  TableArn: one.tableArn,
  TableId: one.tableId,
  ExportTime: one.exportTime / 1000,
  ...(one.clientToken === undefined ? {} : { ClientToken: one.clientToken }),
  S3Bucket: one.bucket,
  ...(one.prefix === undefined ? {} : { S3Prefix: one.prefix }),
  S3SseAlgorithm: one.algorithm ?? 'AES256',
  ...(one.failure === undefined ? {} : { FailureCode: 'InternalServerError', FailureMessage: one.failure }),
  ExportFormat: 'DYNAMODB_JSON',
  ...(one.bytes === undefined ? {} : { BilledSizeBytes: one.bytes }),
  ...(one.itemCount === undefined ? {} : { ItemCount: one.itemCount }),
  ExportType: 'FULL_EXPORT',
});
