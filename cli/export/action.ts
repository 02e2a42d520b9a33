import { randomUUID } from 'node:crypto';
import { AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { namesOf } from '../../core/deployment.ts';
import { queries } from '../../queries/index.ts';
import { schemas } from '../../schemas/index.ts';
import { connect, explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import { execute } from '../query/athena.ts';
import { stateLine } from '../state-line.ts';
import { bytes, counted, print } from '../terminal.ts';
import { copy, download, listBelow, type Written } from './objects.ts';
import { exportQuestion, findMart, FORMATS, toInstant, unload, type Format } from './statement.ts';
import { parseUri, requireEmpty, toTarget, type Target } from './target.ts';

/** What the command line says of an export. */
export interface ExportOptions {
  readonly format: Format;
  readonly to: string;
  readonly asOf?: string;
  readonly data: string;
  readonly stage: string;
  readonly json?: boolean;
}

interface Exporter {
  readonly athena: AthenaClient;
  readonly s3: S3Client;
  readonly stage: string;
  readonly mart: string;
}

const run = async ({ athena, stage }: Exporter, sql: string) => {
  const { database, workgroup } = namesOf(stage);
  const [interrupted, state] = [new AbortController(), stateLine()];
  process.once('SIGINT', () => interrupted.abort());
  try {
    const { signal } = interrupted;
    return await execute(athena, { sql, database, workgroup, onState: state.show, signal });
  } finally {
    state.clear();
  }
};

/** A place of its own below the workgroup's results, which go after some days. */
const passingPlace = async ({ athena, stage, mart }: Exporter) => {
  const { workgroup } = namesOf(stage);
  const { WorkGroup } = await athena.send(new GetWorkGroupCommand({ WorkGroup: workgroup }));
  const place = parseUri(WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation ?? '');
  if (place) return { bucket: place.bucket, prefix: `${place.prefix}exports/${mart}/${randomUUID()}/` };
  throw new Error(`The workgroup ${workgroup} has no place for results`);
};

/** UNLOAD writes several files at will; in a folder they get plain names. */
const unloadTo = async (
  exporter: Exporter,
  question: string,
  target: Target,
  format: 'parquet' | 'json',
): Promise<Written[]> => {
  const { s3, mart } = exporter;
  const { bucket, prefix } = target.kind === 's3' ? target : await passingPlace(exporter);
  await run(exporter, unload(question, `s3://${bucket}/${prefix}`, format));
  const written = await listBelow(s3, bucket, prefix);
  if (target.kind === 's3') return written;
  const named = written.map(({ key, bytes: size }, position) => ({
    key,
    bytes: size,
    name: `${mart}-${position + 1}${FORMATS[format]}`,
  }));
  await download(s3, bucket, named, target.path);
  return named.map(({ name, bytes: size }) => ({ key: name, bytes: size }));
};

/** The result of a query is CSV with a head, in one file: UNLOAD has neither head nor quotes. */
const resultTo = async (exporter: Exporter, question: string, target: Target): Promise<Written[]> => {
  const { s3, mart } = exporter;
  const { ResultConfiguration } = await run(exporter, question);
  const [, bucket = '', key = ''] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(ResultConfiguration?.OutputLocation ?? '') ?? [];
  const name = `${mart}${FORMATS.csv}`;
  if (target.kind === 'folder') await download(s3, bucket, [{ key, name }], target.path);
  else await copy(s3, { bucket, key }, { bucket: target.bucket, key: `${target.prefix}${name}` });
  const [result] = await listBelow(s3, bucket, key);
  return [{ key: target.kind === 's3' ? `${target.prefix}${name}` : name, bytes: result?.bytes ?? 0 }];
};

const exportTo = async (
  exporter: Exporter,
  question: string,
  target: Target,
  format: Format,
): Promise<Written[]> => {
  await requireEmpty(exporter.s3, target);
  return format === 'csv'
    ? resultTo(exporter, question, target)
    : unloadTo(exporter, question, target, format);
};

const isClientError = (error: unknown): error is Error =>
  error instanceof Error && ['InvalidRequestException', 'NoSuchBucket', 'AccessDenied'].includes(error.name);

/** Writes the rows of a mart, of now or of an instant, into a folder or to S3, and tells what was written. */
export const exportMart = async (name: string, options: ExportOptions): Promise<void> => {
  const { stage, data, format, to, json } = options;
  const mart = findMart(queries, name);
  const asOf = options.asOf === undefined ? undefined : toInstant(options.asOf, new Date());
  const question = exportQuestion(mart, schemas, { database: namesOf(stage).database, asOf });
  const target = toTarget(to);
  const { client } = await connect(data);
  const exporter = { athena: new AthenaClient(client), s3: new S3Client(client), stage, mart: name };
  try {
    const files = await exportTo(exporter, question, target, format);
    const size = files.reduce((sum, file) => sum + file.bytes, 0);
    const told = { mart: name, asOf, to, files: files.map(({ key }) => key), bytes: size };
    print(
      json ? JSON.stringify(told) : `${name} is in ${to}: ${counted(files.length, 'file')}, ${bytes(size)}.`,
    );
  } catch (error) {
    if (isClientError(error)) throw new UserError(error.message, '');
    throw explainAws(error, data);
  }
};
