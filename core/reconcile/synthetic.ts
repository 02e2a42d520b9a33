import { hash } from 'node:crypto';
import type { Entity } from '../schema/entity.ts';
import type { AttributeMap } from '../lake/attribute-value.ts';
import { headWriter, SYNTHETIC } from '../lake/change-head.ts';
import type { StreamRecord } from '../lake/change-row.ts';
import { createSink, writeText } from '../lake/sink.ts';
import type { LakeState } from './compare.ts';
import { keyRow } from './key.ts';

const DIGITS = 40;

/** The same for a row that one run makes twice, and never the same for two rows. */
const eventId = ({ run, key, sequence }: Pick<Place, 'run' | 'key' | 'sequence'>, version: number): string =>
  `${SYNTHETIC}${run}:${BigInt(sequence)}:${version}:${hash('md5', key)}`;

/** Where a row stands among the changes of its key. */
export interface Place {
  readonly sequence: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Text of the key. */
  readonly key: string;
  /** Who makes it: rows that one run makes twice are the same rows. */
  readonly run: string;
}

/**
 * The stream record that shows a table's item as it is. Before all changes by default: any live change of the item beats it.
 *
 * @example
 * snapshotRecord(image, { sequence: '0', time: Date.now(), key: '2:o1', run: 'backfill' })
 */
export const snapshotRecord = (image: AttributeMap, place: Place): StreamRecord => ({
  eventID: eventId(place, Number(image.version?.N ?? 0)),
  eventName: 'SNAPSHOT',
  dynamodb: {
    ApproximateCreationDateTime: Math.floor(place.time / 1000),
    SequenceNumber: place.sequence,
    NewImage: image,
  },
});

/** The sequence before all that a stream ever says. */
export const BEFORE_ALL = '0'.repeat(DIGITS);

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
 * stands right after what the lake has of the key, at its sequence and the next version.
 */
export const tombstoneWriter = (entity: Entity) => {
  const writeHead = headWriter();
  return (values: Readonly<Record<string, unknown>>, version: number, place: Place): string => {
    const sink = createSink(1024);
    writeHead(
      {
        operation: 'remove',
        sequence: place.sequence,
        version: version + 1,
        time: Math.floor(place.time / 1000),
        schemaVersion: entity.version,
        eventId: eventId(place, version + 1),
        expired: false,
      },
      sink,
    );
    writeText(sink, `,${JSON.stringify(keyRow(entity, values)).slice(1)}`);
    return sink.bytes.toString('utf8', 0, sink.at);
  };
};
