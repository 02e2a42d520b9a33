import { isDeepStrictEqual } from 'node:util';
import { PAYLOAD_LIMIT } from '../failures.ts';
import { passes } from './filter.ts';
import { type StreamRecord, batchLength, eventRecord, streamRecord } from './record.ts';
import type { Mapping } from './settings.ts';
import type { Page, RawRecord, Streams } from './streams.ts';

/** Reads one shard ahead of its delivery and cuts batches from what it has. */
export interface Reader {
  /** Reads once; gives how many records came, those that a filter drops included. */
  read(): Promise<number>;
  /** Starts the next read without waiting for it. */
  readAhead(): void;
  /** Whether what is there fills a batch. */
  full(): boolean;
  /** The records of the next batch, taken out. */
  take(): readonly StreamRecord[];
  /** How many records wait. */
  waiting(): number;
  /** Position of the last record that was read, whether it waits or was dropped. */
  readTo(): string | undefined;
}

/** The most records one GetRecords call gives. */
export const PAGE_LIMIT = 1000;

export interface ReaderOptions {
  readonly streams: Streams;
  readonly mapping: Mapping;
  readonly region: string;
  readonly iterator: string;
  /** Records made before this are of an earlier table of the same name; milliseconds since the epoch. */
  readonly notBeforeMs: number;
}

/** The engine records a put that changes nothing; DynamoDB does not. */
const isChange = ({ eventName, dynamodb }: RawRecord): boolean =>
  eventName !== 'MODIFY' || !isDeepStrictEqual(dynamodb.OldImage, dynamodb.NewImage);

export const openReader = ({ streams, mapping, region, iterator, notBeforeMs }: ReaderOptions): Reader => {
  const buffer: StreamRecord[] = [];
  let next = iterator;
  let readTo: string | undefined;
  let ahead: Promise<Page> | undefined;
  const fetchPage = async () => await streams.records(next, PAGE_LIMIT);
  const accept = (page: Page) => {
    next = page.next ?? next;
    readTo = page.records.at(-1)?.dynamodb.SequenceNumber ?? readTo;
    for (const raw of page.records.filter(isChange)) {
      const event = eventRecord(raw, region, mapping.streamArn);
      const record = streamRecord(raw, event);
      if (record.createdMs >= notBeforeMs && passes(mapping.filters, event)) buffer.push(record);
    }
    return page.records.length;
  };
  const length = () => batchLength(buffer, mapping, PAYLOAD_LIMIT);
  return {
    read: async () => {
      const page = ahead ?? fetchPage();
      ahead = undefined;
      return accept(await page);
    },
    readAhead: () => {
      if (ahead || buffer.length >= mapping.batchSize) return;
      ahead = fetchPage();
      ahead.catch(() => undefined);
    },
    full: () => buffer.length >= mapping.batchSize || length() < buffer.length,
    take: () => buffer.splice(0, length()),
    waiting: () => buffer.length,
    readTo: () => readTo,
  };
};
