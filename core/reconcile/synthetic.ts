import type { Entity } from '../schema/entity.ts';
import type { AttributeMap } from '../lake/attribute-value.ts';
import { headWriter } from '../lake/change-head.ts';
import type { StreamRecord } from '../lake/change-row.ts';
import { encoderOfFields } from '../lake/encode.ts';
import { createSink, writeAscii, writeText } from '../lake/sink.ts';
import type { LakeState } from './compare.ts';

/** What rows that did not come from the stream are known by. */
export const SYNTHETIC = 'snapshot:';

const DIGITS = 40;
const BEFORE_ALL = '0'.repeat(DIGITS);

const eventId = (run: string, sequence: string, version: number): string =>
  `${SYNTHETIC}${run}:${BigInt(sequence)}:${version}`;

/** Where a row stands among the changes of its key. */
export interface Place {
  readonly sequence: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Who makes it: rows of one run that are made twice are the same rows. */
  readonly run: string;
}

/**
 * The stream record that shows a table's item as it is. Before all changes by default: any live change of the item beats it.
 *
 * @example
 * snapshotRecord(image, { sequence: '0', time: Date.now(), run: 'backfill' })
 */
export const snapshotRecord = (image: AttributeMap, { sequence, time, run }: Place): StreamRecord => ({
  eventID: eventId(run, sequence, Number(image.version?.N ?? 0)),
  eventName: 'SNAPSHOT',
  dynamodb: {
    ApproximateCreationDateTime: Math.floor(time / 1000),
    SequenceNumber: sequence,
    NewImage: image,
  },
});

/** The place before all that a stream ever says. */
export const beforeAll = (run: string, time: number): Place => ({ sequence: BEFORE_ALL, time, run });

/**
 * The sequence that makes an item's version win over what the lake has of it, and lose to every change to come: the lake's own,
 * or, when that holds this version already or a later one, the next.
 */
export const winningSequence = (
  version: number,
  lake: Pick<LakeState, 'sequence' | 'version'> | undefined,
): string => {
  if (!lake) return BEFORE_ALL;
  const own = BigInt(lake.sequence);
  return String(version > lake.version ? own : own + 1n).padStart(DIGITS, '0');
};

/**
 * Compiles an entity into a writer of tombstones: the row that says that a key is no more, with nothing else of the record. It
 * stands right after what the lake has of the key.
 */
export const tombstoneWriter = (entity: Entity) => {
  const writeHead = headWriter();
  const encode = encoderOfFields(entity.fields.filter(({ name }) => entity.key.includes(name)));
  return (
    key: Readonly<Record<string, unknown>>,
    lake: Pick<LakeState, 'sequence' | 'version'>,
    { time, run }: Pick<Place, 'time' | 'run'>,
  ): string => {
    const sink = createSink(1024);
    const version = lake.version + 1;
    writeHead(
      {
        operation: 'remove',
        sequence: lake.sequence,
        version,
        time: Math.floor(time / 1000),
        schemaVersion: entity.version,
        eventId: eventId(run, lake.sequence, version),
        expired: false,
      },
      sink,
    );
    writeText(sink, `,${encode(key)}`);
    writeAscii(sink, '}');
    return sink.bytes.toString('utf8', 0, sink.at);
  };
};
