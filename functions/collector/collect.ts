import type { Caller } from '../../core/access/caller.ts';
import { reachOf } from '../../core/access/decide.ts';
import { namesOf } from '../../core/deployment.ts';
import { invalid, ProblemError } from '../../core/http/problem.ts';
import { eventKeyReader, eventRow } from '../../core/lake/event-row.ts';
import type { SubjectKeys } from '../../core/privacy/subject-key.ts';
import type { Event } from '../../core/schema/event.ts';
import { pointer, type Issue } from '../../core/schema/issues.ts';
import { billedBytes, MAX_RECORD_BYTES } from '../shared/firehose/limits.ts';
import { addRow, createRows, packRows, type PackedRecord, type Rows } from '../shared/firehose/pack.ts';
import { sendRecords, type Patience, type PutBatch } from '../shared/firehose/send.ts';
import type { ReadKeys } from '../shared/subject-keys/subject-keys.ts';
import { eventParser, type PostedEvent } from './parse.ts';

/** Everything that is not in the request. */
export interface CollectorPorts {
  readonly putBatch: PutBatch;
  /** Reads the keys that rows are sealed under, and makes those that are missing. */
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** One authenticated request: its body, who sent it, and how long sending may take. */
export interface Posting {
  readonly body: string;
  readonly caller: Caller;
  readonly patience: Patience;
}

/** What was taken, and what Firehose will bill for it. Sizes in bytes. */
export interface Collected {
  readonly accepted: number;
  readonly payloadBytes: number;
  readonly billedBytes: number;
}

const RETRY_AFTER_SECONDS = '5';

/** More are left out, so that a hostile request does not make a larger answer. */
const MAX_ERRORS = 100;

const unavailable = (cause: unknown): ProblemError =>
  new ProblemError(
    'unavailable',
    'The events could not be stored. Send them again with the same ids: one that was stored counts once.',
    { headers: { 'retry-after': RETRY_AFTER_SECONDS }, cause },
  );

/** Throws ProblemError `forbidden` that names every event the caller may not report. */
const checkAllowed = (posted: readonly PostedEvent[], caller: Caller): void => {
  const errors = posted.flatMap(({ event }, index) =>
    reachOf(event.access.create, caller) === 'all'
      ? []
      : [
          {
            pointer: pointer(['events', index]),
            message: `To report ${event.name} takes ${event.access.create.join(' or ') || 'more than any token gives'}`,
          },
        ],
  );
  if (errors.length === 0) return;
  throw new ProblemError('forbidden', 'The token does not allow all of these events; none was taken.', {
    errors: errors.slice(0, MAX_ERRORS),
  });
};

/** Rows by event. Throws ProblemError that names every event too large for a record. */
const rowsByEvent = (
  posted: readonly PostedEvent[],
  toRow: (event: PostedEvent) => string,
): Map<Event, Rows> => {
  const groups = new Map<Event, Rows>();
  const issues: Issue[] = [];
  for (const [index, one] of posted.entries()) {
    const rows = groups.get(one.event) ?? createRows();
    groups.set(one.event, rows);
    if (!addRow(rows, toRow(one)))
      issues.push({
        pointer: pointer(['events', index]),
        message: `An event may have ${MAX_RECORD_BYTES} bytes`,
      });
  }
  if (issues.length > 0) throw invalid(issues);
  return groups;
};

const total = (records: readonly PackedRecord[], bytes: (record: PackedRecord) => number): number =>
  records.reduce((sum, record) => sum + bytes(record), 0);

/**
 * Compiles the collector of one stage: a function that takes a request's events to their delivery streams, all or
 * none as far as the caller is told. Throws ProblemError: `malformed-json`, `validation-failed` or `forbidden` when nothing was
 * sent, `unavailable` when Firehose did not take everything in time.
 *
 * @example
 * const collect = createCollector('dev', eventsOf(schemas), ports);
 * const { accepted } = await collect({ body, caller, patience });
 */
export const createCollector = (stage: string, events: readonly Event[], ports: CollectorPorts) => {
  const parseBody = eventParser(events);
  const makers = new Map(
    events.map((event) => [event, { toRow: eventRow(event), keyOf: eventKeyReader(event) }]),
  );
  const makeRow = (
    { event, id, time, data }: PostedEvent,
    { keys, receivedAt, subject }: { keys: SubjectKeys; receivedAt: string; subject: string },
  ): string =>
    makers
      .get(event)
      ?.toRow({ id: id ?? ports.newId(), time: time ?? receivedAt, receivedAt, subject, data }, keys) ?? '';
  const readKeys = async (posted: readonly PostedEvent[]): Promise<SubjectKeys> => {
    const subjects = posted.map(({ event, data }) => makers.get(event)?.keyOf(data));
    try {
      return await ports.readKeys(new Set(subjects.filter((subject) => subject !== undefined)));
    } catch (error) {
      throw unavailable(error);
    }
  };
  const sendAll = async (groups: ReadonlyMap<Event, Rows>, patience: Patience): Promise<PackedRecord[]> => {
    const sent = await Promise.all(
      [...groups].map(([event, rows]) =>
        sendRecords(ports.putBatch, namesOf(stage).deliveryStream(event), packRows(rows), patience),
      ),
    );
    const failed = sent.find((result) => result.failed.length > 0);
    if (failed) throw unavailable(failed.error);
    return sent.flatMap(({ taken }) => taken);
  };
  return async ({ body, caller, patience }: Posting): Promise<Collected> => {
    const posted = parseBody(body);
    checkAllowed(posted, caller);
    const keys = await readKeys(posted);
    const receivedAt = ports.now().toISOString();
    const rows = rowsByEvent(posted, (event) =>
      makeRow(event, { keys, receivedAt, subject: caller.subject }),
    );
    const records = await sendAll(rows, patience);
    return {
      accepted: posted.length,
      payloadBytes: total(records, ({ data }) => data.length),
      billedBytes: total(records, ({ data }) => billedBytes(data.length)),
    };
  };
};
