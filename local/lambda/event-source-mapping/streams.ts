import * as z from 'zod';

/** A record as the stream's engine gives it. */
export interface RawRecord {
  readonly eventName: string;
  readonly eventVersion: string;
  readonly userIdentity?: { readonly [name: string]: string };
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
  } & Readonly<Record<string, unknown>>;
}

/** A shard of a table's stream at its engine. */
export interface Shard {
  readonly streamArn: string;
  /** Names the stream; another one means that the table was created again. */
  readonly label: string;
  readonly shardId: string;
  /** Sequence number of the newest record, `0` while there is none. */
  readonly newest: string;
}

export type Position =
  | { readonly type: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface Page {
  readonly records: readonly RawRecord[];
  readonly next: string | undefined;
}

/** The DynamoDB Streams API of the engine, as far as a mapping needs it. */
export interface Streams {
  /** The shard of a table's newest stream; undefined while the table or its stream is not there. */
  shard(tableName: string): Promise<Shard | undefined>;
  iterator(shard: Shard, position: Position): Promise<string>;
  records(iterator: string, limit: number): Promise<Page>;
}

/** An error answer of the engine; `code` is the exception's name. */
export class StreamsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'StreamsError';
    this.code = code;
  }
}

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=local';

/** Reads streams at `endpoint`, which must not check signatures. */
export const streamsClient = (endpoint: string): Streams => {
  const call = async <T>(operation: string, input: object): Promise<T> =>
    await post(endpoint, operation, input);
  return {
    shard: async (tableName) => await newestShard(call, tableName),
    iterator: async (shard, position) => await iteratorAt(call, shard, position),
    records: async (iterator, limit) => {
      const page = await call<GetRecordsOutput>('GetRecords', { ShardIterator: iterator, Limit: limit });
      return { records: page.Records, next: page.NextShardIterator };
    },
  };
};

interface GetRecordsOutput {
  readonly Records: readonly RawRecord[];
  readonly NextShardIterator?: string;
}

interface DescribeStreamOutput {
  readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] };
}

type Send = <T>(operation: string, input: object) => Promise<T>;

const newestShard = async (call: Send, tableName: string): Promise<Shard | undefined> => {
  const { Streams } = await call<{ Streams: readonly { StreamArn: string; StreamLabel: string }[] }>(
    'ListStreams',
    {
      TableName: tableName,
    },
  );
  const stream = Streams.toSorted((a, b) => Number(a.StreamLabel) - Number(b.StreamLabel)).at(-1);
  if (!stream) return undefined;
  const { StreamDescription } = await call<DescribeStreamOutput>('DescribeStream', {
    StreamArn: stream.StreamArn,
  });
  const [shard, ...others] = StreamDescription.Shards;
  if (!shard) return undefined;
  if (others.length > 0)
    throw new StreamsError('UnsupportedStream', `The stream of ${tableName} has several shards.`);
  const found = { streamArn: stream.StreamArn, label: stream.StreamLabel, shardId: shard.ShardId };
  return { ...found, newest: positionIn(await iteratorAt(call, found, { type: 'LATEST' })) };
};

const iteratorAt = async (call: Send, shard: Omit<Shard, 'newest'>, position: Position): Promise<string> => {
  const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', {
    StreamArn: shard.streamArn,
    ShardId: shard.shardId,
    ShardIteratorType: position.type,
    ...(position.type === 'AFTER_SEQUENCE_NUMBER' ? { SequenceNumber: position.sequenceNumber } : {}),
  });
  return ShardIterator;
};

const iteratorSchema = z.object({ position: z.int().min(0) });

// The engine's EndingSequenceNumber is the greatest as text ("9" after "10"), so it cannot be used; the LATEST iterator
// is right, and is base64 of a JSON object.
const positionIn = (iterator: string): string =>
  String(iteratorSchema.parse(JSON.parse(Buffer.from(iterator, 'base64').toString('utf8'))).position);

const post = async <T>(endpoint: string, operation: string, input: object): Promise<T> => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: AUTHORIZATION,
    },
    body: JSON.stringify(input),
  });
  const output = (await response.json()) as T & { __type?: string; message?: string };
  if (response.ok) return output;
  throw new StreamsError(output.__type?.split('#').at(-1) ?? String(response.status), output.message ?? '');
};
