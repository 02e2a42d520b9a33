import { isWorn, toTableFiles } from '../../core/lake/curated/inspection.ts';
import { mergeCurrent, mergeVersions, probe } from '../../core/lake/curated/merge.ts';
import { curatedTables } from '../../core/lake/curated/tables.ts';
import type { LogFile } from '../../core/lake/curated/log-files.ts';
import { logTable } from '../../core/lake/log-table.ts';
import type { Outcome } from '../../core/lake/state/runs.ts';
import { completed, unmerged, withMerged } from '../../core/lake/state/watermark.ts';
import { martsOf } from '../../core/queries/parse.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { changeWatermark, readWatermark } from '../shared/lake/read-watermark.ts';
import { currentViews, ensureStatements } from '../shared/lake/statements.ts';
import { nextBatch, spansOf, toIso } from './batch.ts';
import type { RefreshEvent } from './events.ts';
import { releaseLease, takeLease } from './lease.ts';
import { inspect, isVacuumDue, maintenance } from './maintenance.ts';
import { martSteps } from './marts/steps.ts';
import { keepRun } from './runs.ts';
import type { Lake, RefreshPorts, Step } from './step.ts';

const entityOf = ({ schemas }: Lake, name: string): Entity => {
  const entity = entitiesOf(schemas).find((candidate) => candidate.name === name);
  if (entity) return entity;
  throw new Error(`There is no entity "${name}". The state machine is of another deployment: deploy again.`);
};

const begin: Step<'begin'> = async (ports, { schemas, queries }, { execution }) => {
  const held = await takeLease(ports, execution);
  return held.isOurs
    ? {
        status: 'begun',
        at: ports.now().toISOString(),
        entities: entitiesOf(schemas).map(({ name }) => name),
        marts: martsOf(queries).map(({ name }) => name),
      }
    : { status: 'busy', by: held.by.execution, since: held.by.since };
};

const ensure: Step<'ensure'> = async ({ catalog }, lake, { entity }) => ({
  statements: await ensureStatements(entityOf(lake, entity), lake, catalog),
});

const listLog = ({ documents }: RefreshPorts, entity: Entity, day: string): Promise<LogFile[]> =>
  documents.list(logTable(entity).prefix, `dt=${day}`);

/** The next files to merge, or, when none is left, whether views and tables have something to do. */
const next: Step<'next'> = async (ports, lake, { entity: name }) => {
  const entity = entityOf(lake, name);
  const now = ports.now();
  const { watermark } = await readWatermark(ports.documents, name);
  const files = nextBatch(unmerged(watermark, await listLog(ports, entity, watermark.day)));
  if (files.length > 0) return { isDone: false, files, probe: probe({ entity, ...lake, files }) };
  const { isPublished } = await changeWatermark(ports.documents, name, (old) => completed(old, now));
  const isDue = !isPublished || isVacuumDue(watermark, now);
  return { isDone: true, isPublished, inspection: isDue ? inspect(entity, lake.database) : null };
};

const plan: Step<'plan'> = async (ports, lake, { entity: name, files, probe: queryId }) => {
  const entity = entityOf(lake, name);
  const rows = await ports.rows(queryId);
  const days = rows.map(([first = '', last = '']) => ({ first: toIso(first), last: toIso(last) }));
  if (days.length === 0) return { statements: [] };
  const [current, versions] = await Promise.all(
    curatedTables(entity).map(({ name: table }) => ports.catalog.columns(table)),
  );
  const merge = { entity, database: lake.database, bucket: lake.bucket, files };
  return {
    statements: [
      ...spansOf(days).map((span) => mergeVersions({ ...merge, columns: versions ?? [] }, span)),
      mergeCurrent({ ...merge, columns: current ?? [] }),
    ],
  };
};

const commit: Step<'commit'> = async ({ documents, now }, _lake, { entity, files }) => {
  await changeWatermark(documents, entity, (watermark) => withMerged(watermark, files, now()));
  return { merged: files.length };
};

const publish: Step<'publish'> = async ({ documents }, lake, { entity }) => {
  const { watermark } = await readWatermark(documents, entity);
  return { statements: currentViews(entityOf(lake, entity), lake, watermark).map(({ sql }) => sql) };
};

const describe: Step<'describe'> = async ({ documents, catalog }, lake, { entity }) => {
  const watermark = await changeWatermark(documents, entity, (old) => ({ ...old, isPublished: true }));
  const views = currentViews(entityOf(lake, entity), lake, watermark);
  await Promise.all(views.map(({ name, columns }) => catalog.describe(name, columns)));
  return { views: views.map(({ name }) => name) };
};

const maintain: Step<'maintain'> = async (ports, lake, { entity, inspection }) => {
  const { watermark } = await readWatermark(ports.documents, entity);
  const tables = toTableFiles(await ports.rows(inspection));
  const vacuum = isVacuumDue(watermark, ports.now());
  return {
    statements: maintenance(lake.database, tables, { vacuum }),
    vacuumed: vacuum,
    optimized: tables.filter(isWorn).map(({ table }) => table),
  };
};

const maintained: Step<'maintained'> = async ({ documents, now }, _lake, { entity, vacuumed }) => {
  if (vacuumed)
    await changeWatermark(documents, entity, (old) => ({ ...old, vacuumedAt: now().toISOString() }));
  return { vacuumed };
};

/** What a failed execution says of its cause has 32,768 characters at most. */
const MOST_CHARACTERS = 1000;

const toFailure = ({ name, error }: Outcome): Outcome[] =>
  error === undefined ? [] : [{ name, error: error.slice(0, MOST_CHARACTERS) }];

const end: Step<'end'> = async (ports, _lake, { execution, startedAt, outcomes }) => {
  await keepRun(ports.documents, { execution, startedAt, endedAt: ports.now().toISOString(), outcomes });
  await releaseLease(ports, execution);
  const failures = outcomes.flatMap(toFailure);
  return { status: failures.length === 0 ? 'refreshed' : 'failed', outcomes, failures };
};

const steps: { readonly [S in RefreshEvent['step']]: Step<S> } = {
  begin,
  ensure,
  next,
  plan,
  commit,
  publish,
  describe,
  maintain,
  maintained,
  ...martSteps,
  end,
};

/**
 * Does one step of the refresh and answers what the state machine needs for the following one. Every step may be done again:
 * what it changes, it changes to the same.
 *
 * @example
 * await refreshStep(ports, lake, { step: 'ensure', entity: 'order' }) // { statements: ['CREATE TABLE …', …] }
 */
export const refreshStep = (ports: RefreshPorts, lake: Lake, event: RefreshEvent): Promise<object> =>
  (steps[event.step] as Step<RefreshEvent['step']>)(ports, lake, event);
