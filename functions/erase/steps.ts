import { createPublicKey } from 'node:crypto';
import { clearedColumns, eraseStatements, mergedQuestion } from '../../core/lake/erase/statements.ts';
import { publicKeyKey, reportKey, signReport, keyIdOf } from '../../core/privacy/erasure.ts';
import type { MartState } from '../../core/marts/state.ts';
import { martsOf, type SavedQuery } from '../../core/queries/parse.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { sourcesOf } from '../refresh/marts/inputs.ts';
import { changeMartState, readMartState } from '../refresh/marts/state.ts';
import type { Documents } from '../shared/lake/documents.ts';
import { inParallel } from '../shared/parallel.ts';
import type { EraseEvent } from './events.ts';
import type { Deployment, ErasePorts, Step } from './ports.ts';
import { removeQuarantined } from './quarantine.ts';
import { eraseRecord, intended, isFound, isToErase, recordsOf } from './records.ts';
import { reportOf } from './report.ts';
import { beginState, changeState, readState, untilWritten, withItems, type ErasureState } from './state.ts';
import { modelNamed } from '../api/service.ts';

/** Records that stay are freed of what is personal before those that they refer to go. */
const ORDER = { anonymise: 0, delete: 1 };

const ownedEntities = ({ schemas }: Pick<Deployment, 'schemas'>): Entity[] =>
  entitiesOf(schemas)
    .filter(isFound)
    .toSorted((one, other) => ORDER[one.erase] - ORDER[other.erase]);

const isAnythingLeft = async ({ service }: ErasePorts, deployment: Deployment, subject: string) => {
  for (const entity of ownedEntities(deployment)) {
    const model = modelNamed(service, entity.name);
    for await (const records of recordsOf(service, model, subject))
      if (records.some((record) => isToErase(model, record))) return true;
  }
  return false;
};

const known = async (documents: Documents, subject: string): Promise<ErasureState> => {
  const state = await readState(documents, subject);
  if (state) return state;
  throw new Error('There is no state of this erasure. Run "tailrace erase" again.');
};

/** Destroys the key. From here on nothing of the person that the lake has can be read, and the rest is done for good. */
const begin: Step<'begin'> = async (ports, deployment, { subject }) => {
  const { keys, documents, service } = ports;
  const isKnown = (await keys.isKnown(subject)) || (await isAnythingLeft(ports, deployment, subject));
  if (!isKnown) return { status: 'unknown' };
  const now = service.now();
  const keyDestroyedAt = await keys.destroy(subject, now);
  await beginState(documents, { subject, startedAt: now.toISOString(), keyDestroyedAt });
  return { status: 'begun' };
};

const AT_ONCE = 4;

/** Each record is written down before it is erased, so that a step that is killed forgets none. */
const records: Step<'records'> = async (ports, deployment, { subject }) => {
  const { service, documents, hasTime } = ports;
  for (const entity of ownedEntities(deployment)) {
    const model = modelNamed(service, entity.name);
    for await (const page of recordsOf(service, model, subject)) {
      if (!hasTime()) return { isDone: false };
      const todo = page.filter((record) => isToErase(model, record)).map((record) => intended(model, record));
      if (todo.length === 0) continue;
      await changeState(documents, subject, (state) => withItems(state, todo));
      const done = await inParallel(todo, AT_ONCE, ({ key }) => eraseRecord(service, model, key));
      await changeState(documents, subject, (state) => withItems(state, done.flat()));
    }
  }
  return { isDone: true };
};

const LONGEST_PAUSE_SECONDS = 30;
/** Half an hour: twice as long as Firehose may keep a row. */
const MOST_TRIES = 64;
const MOST_CHANGES = 100;

const pauseAfter = (tries: number): number => Math.min(2 ** tries, LONGEST_PAUSE_SECONDS);

const MINUTE_MS = 60_000;

/** The clock of the tables may be another. */
const before = (iso: string): string => new Date(Date.parse(iso) - MINUTE_MS).toISOString();

/** What the lake must have merged before its rows are cleared, so that none comes after. */
const awaited: Step<'await'> = async ({ documents, refresh }, { schemas, database }, { subject, tries }) => {
  const { items, startedAt } = await known(documents, subject);
  const name = items.find(({ merged }) => !merged)?.entity;
  if (name === undefined || tries > MOST_TRIES) return { isDone: true };
  await refresh();
  const open = items.flatMap((item, position) =>
    item.entity === name && !item.merged ? [{ item, position }] : [],
  );
  const asked = open.slice(0, MOST_CHANGES);
  const entity = entitiesOf(schemas).find((one) => one.name === name);
  if (!entity)
    throw new Error(`There is no entity "${name}" any more. Deploy it again, or delete the state.`);
  const sql = mergedQuestion(entity, database, {
    awaited: asked.map(({ item }) => item),
    since: before(startedAt),
  });
  return { isDone: false, seconds: pauseAfter(tries), sql, positions: asked.map(({ position }) => position) };
};

const arrived: Step<'arrived'> = async (ports, _deployment, { subject, positions, query }) => {
  const found = new Set((await ports.rows(query)).map(([index]) => positions[Number(index)]));
  await changeState(ports.documents, subject, (state) => ({
    ...state,
    items: state.items.map((item, position) => (found.has(position) ? { ...item, merged: true } : item)),
    ...(found.size > 0 ? { finishedAt: undefined } : {}),
  }));
  return { isProgress: found.size > 0 };
};

/** Nothing, when all was done by an earlier execution and nothing has come since. */
const lake: Step<'lake'> = async ({ documents }, { schemas, database }, { subject }) => {
  const { finishedAt } = await known(documents, subject);
  const all =
    finishedAt === undefined
      ? entitiesOf(schemas)
          .filter((entity) => entity.subject !== undefined)
          .map((entity) => eraseStatements(entity, database, subject))
      : [];
  return {
    statements: all.flatMap(({ rewrite }) => rewrite),
    expire: all.flatMap(({ expire }) => expire),
  };
};

const cleared: Step<'cleared'> = async ({ documents, service }, _deployment, { subject }) => {
  const clearedAt = service.now().toISOString();
  await changeState(documents, subject, (state) =>
    state.finishedAt === undefined ? { ...state, clearedAt } : state,
  );
  return {};
};

const quarantine: Step<'quarantine'> = async (
  { documents, quarantine: objects },
  _deployment,
  { subject },
) => {
  const { items } = await known(documents, subject);
  const removed = await removeQuarantined(objects, subject, items);
  if (removed > 0)
    await changeState(documents, subject, (state) => ({
      ...state,
      quarantined: state.quarantined + removed,
      finishedAt: undefined,
    }));
  return { removed };
};

const martsReading = (deployment: Deployment): SavedQuery[] => {
  const names = new Set(
    entitiesOf(deployment.schemas)
      .filter((entity) => entity.subject !== undefined && clearedColumns(entity).length > 0)
      .map(({ name }) => name),
  );
  return martsOf(deployment.queries).filter((query) =>
    sourcesOf(query, deployment).some((source) => names.has(source)),
  );
};

/** How a mart is since the lake was cleared: made anew, not as its checks did not hold, or still as it was. */
const martSince = ({ publish }: SavedQuery, { current, published, failed }: MartState, clearedAt: string) => {
  const isAnswered = publish.length === 0 || published === current?.run;
  if (current && current.at > clearedAt && isAnswered) return 'rebuilt';
  return failed && failed.at > clearedAt ? 'failed' : 'awaited';
};

/** A run that was made of something else than the mart is of now is made anew by the next refresh, a daily one too. */
const outdated =
  (clearedAt: string) =>
  ({ current, failed: _failed, ...state }: MartState): MartState => {
    if (!current) return state;
    return current.at > clearedAt
      ? { ...state, current }
      : { ...state, current: { ...current, definition: 'before an erasure' } };
  };

const marts: Step<'marts'> = async ({ documents, refresh }, deployment, { subject, tries }) => {
  const { clearedAt, finishedAt } = await known(documents, subject);
  if (clearedAt === undefined || finishedAt !== undefined) return { isDone: true };
  const all = await Promise.all(
    martsReading(deployment).map(async (query) => {
      const { state } = await readMartState(documents, query.name);
      return { name: query.name, is: martSince(query, state, clearedAt) };
    }),
  );
  const awaitedMarts = all.filter(({ is }) => is === 'awaited');
  if (awaitedMarts.length > 0 && tries <= MOST_TRIES) {
    for (const { name } of awaitedMarts)
      await untilWritten(() => changeMartState(documents, name, outdated(clearedAt)));
    await refresh();
    return { isDone: false, seconds: pauseAfter(tries) };
  }
  const [rebuilt, pending] = [
    all.filter(({ is }) => is === 'rebuilt').map(({ name }) => name),
    all.filter(({ is }) => is !== 'rebuilt').map(({ name }) => name),
  ];
  await changeState(documents, subject, (state) => ({ ...state, marts: { rebuilt, pending } }));
  return { isDone: true };
};

const put = async (documents: Documents, key: string, value: unknown): Promise<void> => {
  const found = await documents.read(key);
  await documents.write(key, value, found);
};

/** Signs and keeps the report, unless somebody wrote a record of the person meanwhile. */
const report: Step<'report'> = async (ports, deployment, { subject }) => {
  const { documents, service, keys } = ports;
  if (await isAnythingLeft(ports, deployment, subject)) return { isDone: false };
  const finishedAt = service.now().toISOString();
  const state = await changeState(documents, subject, (old) => ({
    ...old,
    finishedAt: old.finishedAt ?? finishedAt,
  }));
  const signing = await keys.signing();
  const publicKey = createPublicKey(signing);
  await put(documents, publicKeyKey(keyIdOf(publicKey)), publicKey.export({ format: 'jwk' }));
  const signed = signReport(reportOf(deployment, state, state.finishedAt ?? finishedAt), signing);
  await put(documents, reportKey(subject), signed);
  return { isDone: true, status: 'erased', signed };
};

const steps: { readonly [S in EraseEvent['step']]: Step<S> } = {
  begin,
  records,
  await: awaited,
  arrived,
  lake,
  cleared,
  quarantine,
  marts,
  report,
};

/**
 * Does one step of an erasure and answers what the state machine needs for the following one. Every step may be done again: what
 * it changes, it changes to the same.
 *
 * @example
 * await eraseStep(ports, deployment, { step: 'begin', subject: 'c1' }) // { status: 'begun' }
 */
export const eraseStep = (ports: ErasePorts, deployment: Deployment, event: EraseEvent): Promise<object> =>
  (steps[event.step] as Step<EraseEvent['step']>)(ports, deployment, event);
