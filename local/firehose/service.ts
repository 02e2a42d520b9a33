import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { jsonProtocol } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud, type Service } from '../service.ts';
import { columnsOf } from './conversion-config.ts';
import { streamConfig, type StreamConfig } from './config.ts';
import { addDelivered, deliverSegment, type Delivered, type DeliveryPorts } from './deliver.ts';
import { describeStream, listStreams } from './describe.ts';
import { countDelivered, countIncoming, noMetrics, type StreamMetrics } from './metrics.ts';
import { ParquetWriter } from './parquet.ts';
import type { Catalog, ObjectStore } from './ports.ts';
import { putRecordBatchData, putRecordData, streamNameOf } from './requests.ts';
import { recoverSegments, type Segment } from './spool.ts';
import { BufferedStream } from './stream.ts';

export interface FirehoseOptions {
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  /** Seconds from a buffer's first record to its delivery, instead of every stream's own; may be 0 or a fraction. */
  readonly bufferSeconds?: number;
}

/** What a flush delivered, by stream. */
export interface FlushReport {
  readonly streams: Readonly<Record<string, Delivered>>;
}

export interface Firehose extends Service {
  /** Delivers every buffer now; resolves when all is delivered. */
  flush(): Promise<FlushReport>;
  /** Records that are acknowledged and not delivered yet. */
  pending(): number;
  /** Counters since the start, by stream. */
  metrics(): Readonly<Record<string, Readonly<StreamMetrics>>>;
}

interface Running {
  readonly config: StreamConfig;
  readonly buffer: BufferedStream;
  readonly metrics: StreamMetrics;
}

const Seconds = z.number().min(0).optional();

const emptyFolder = (path: string): string => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
};

const warnOfFailures = (
  cloud: Cloud,
  { name, bucket, keys }: StreamConfig,
  segment: Segment,
  failed: number,
): void => {
  if (failed === 0) return;
  const where = `s3://${bucket}/${keys.error(segment)}`;
  cloud.log(
    'warn',
    'firehose',
    `${name}: ${failed} of ${segment.count} records could not be converted, see ${where}`,
  );
};

/** Records of a stream that is no longer deployed stay where they are. */
const warnOfOrphans = (cloud: Cloud, names: ReadonlySet<string>): void => {
  const folder = join(cloud.dataDir, 'firehose');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((found) => !names.has(found))) {
    const left = recoverSegments(join(folder, name)).reduce((total, { count }) => total + count, 0);
    if (left > 0)
      cloud.log(
        'warn',
        'firehose',
        `${name}: not deployed any more, ${left} undelivered records are kept in ${folder}`,
      );
  }
};

const startStream = (
  cloud: Cloud,
  config: StreamConfig,
  ports: DeliveryPorts,
  bufferSeconds?: number,
): Running => {
  if (config.conversion) columnsOf(ports.catalog, config.name, config.conversion.schema);
  const folder = join(cloud.dataDir, 'firehose', config.name);
  const recovered = recoverSegments(folder);
  const scratch = emptyFolder(join(folder, 'tmp'));
  const metrics = noMetrics();
  const deliver = async (segment: Segment): Promise<Delivered> => {
    const delivered = await deliverSegment(config, ports, segment, scratch);
    warnOfFailures(cloud, config, segment, delivered.failedRecords);
    countDelivered(metrics, delivered, config.conversion !== undefined);
    return delivered;
  };
  const failed = (error: unknown, attempt: number): void =>
    cloud.log(
      'error',
      'firehose',
      `${config.name}: delivery attempt ${attempt} failed and will be repeated. ${String(error)}`,
    );
  const options = { folder, recovered, deliver, failed, bufferBytes: config.bufferBytes };
  const buffer = new BufferedStream({ ...options, bufferSeconds: bufferSeconds ?? config.bufferSeconds });
  return { config, buffer, metrics };
};

const keep = ({ config, buffer, metrics }: Running, cloud: Cloud, records: readonly Buffer[]): string[] => {
  try {
    const numbers = buffer.put(records);
    countIncoming(metrics, records);
    return numbers;
  } catch (error) {
    cloud.log('error', 'firehose', `${config.name}: records could not be kept. ${String(error)}`);
    throw new AwsError('ServiceUnavailableException', 'Service is unavailable. Please retry.', 500);
  }
};

const operations = (cloud: Cloud, streams: ReadonlyMap<string, Running>) => {
  const find = (input: unknown, call: Call, action: string): Running => {
    const name = streamNameOf(input);
    const arn = `arn:aws:firehose:${cloud.region}:${cloud.account}:deliverystream/${name}`;
    const stream = streams.get(name);
    call.authorize(`firehose:${action}`, stream?.config.arn ?? arn);
    if (stream) return stream;
    throw new AwsError(
      'ResourceNotFoundException',
      `Firehose ${name} under account ${cloud.account} not found.`,
    );
  };
  return {
    PutRecord: (input: unknown, call: Call) => {
      const stream = find(input, call, 'PutRecord');
      const [RecordId] = keep(stream, cloud, [putRecordData(input)]);
      return { RecordId, Encrypted: false };
    },
    PutRecordBatch: (input: unknown, call: Call) => {
      const stream = find(input, call, 'PutRecordBatch');
      const numbers = keep(stream, cloud, putRecordBatchData(input));
      return {
        FailedPutCount: 0,
        Encrypted: false,
        RequestResponses: numbers.map((RecordId) => ({ RecordId })),
      };
    },
    DescribeDeliveryStream: (input: unknown, call: Call) =>
      describeStream(find(input, call, 'DescribeDeliveryStream').config),
    ListDeliveryStreams: (input: unknown, call: Call) => {
      call.authorize('firehose:ListDeliveryStreams', '*');
      return listStreams(Array.from(streams.keys()), input);
    },
  };
};

const flushAll = async (streams: ReadonlyMap<string, Running>): Promise<FlushReport> => {
  const reports = await Promise.all(
    Array.from(streams, async ([name, { buffer }]) => [name, addDelivered(await buffer.flush())] as const),
  );
  return { streams: Object.fromEntries(reports) };
};

/**
 * Starts the delivery streams of the stacks: what is put to them lands in the store, as JSON converted to Parquet
 * by the Glue table's columns or as it came. What an earlier process acknowledged and did not deliver is delivered
 * now. An acknowledged record is in a file, which outlives the process being killed.
 *
 * @throws AwsError `InvalidArgumentException` for a stream AWS would not create, and for one that uses what the
 *   local cloud does not have
 * @example
 * const firehose = startFirehose(cloud, { catalog, store, bufferSeconds: 1 });
 * await firehose.flush(); // { streams: { orders: { records: 2, rows: 2, … } } }
 */
export const startFirehose = (cloud: Cloud, { catalog, store, bufferSeconds }: FirehoseOptions): Firehose => {
  const seconds = Seconds.parse(bufferSeconds);
  const parquet = new ParquetWriter();
  const configs = cloud
    .resources('AWS::KinesisFirehose::DeliveryStream')
    .map((resource) => streamConfig(cloud, resource));
  const ports = { catalog, store, parquet };
  const streams = new Map(configs.map((config) => [config.name, startStream(cloud, config, ports, seconds)]));
  warnOfOrphans(cloud, new Set(streams.keys()));
  return {
    name: 'firehose',
    handle: jsonProtocol(operations(cloud, streams)),
    flush: () => flushAll(streams),
    pending: () => Array.from(streams.values()).reduce((total, { buffer }) => total + buffer.pending(), 0),
    metrics: () => Object.fromEntries(Array.from(streams, ([name, { metrics }]) => [name, { ...metrics }])),
    close: async () => {
      await Promise.all(Array.from(streams.values(), ({ buffer }) => buffer.close()));
      await parquet.close();
    },
  };
};
