import { curatedTables } from '../../core/lake/curated/tables.ts';
import { clearedColumns, keptColumns } from '../../core/lake/erase/statements.ts';
import { logTable } from '../../core/lake/log-table.ts';
import type { ErasureReport } from '../../core/privacy/erasure.ts';
import { entitiesOf, eventsOf } from '../../core/schema/load.ts';
import { hasPolicy } from '../../core/schema/personal.ts';
import type { Deployment } from './ports.ts';
import type { ErasureState } from './state.ts';

type Remains = ErasureReport['remains'][number];

const UNREADABLE = 'tokens, whose key is destroyed';

/** Columns of a log that are not sealed: what a schema lets be read there stays. */
const coarse = ({ schemas }: Deployment): Remains[] =>
  schemas.flatMap((schema) => {
    const open = schema.fields.filter((field) =>
      hasPolicy(field, ({ lake }) => lake === 'clear' || lake === 'year' || lake === 'month'),
    );
    if (schema.subject === undefined || open.length === 0) return [];
    const what = `as their schema lets them be read: ${open.map(({ column }) => column).join(', ')}`;
    return [{ where: `lake, ${logTable(schema).name}`, what, until: 'as long as the log' }];
  });

/** What the deployment keeps elsewhere, and how long. */
const remains = (deployment: Deployment): Remains[] => [
  { where: 'DynamoDB, streams of the tables', what: 'the records before their erasure', until: '24 hours' },
  { where: 'DynamoDB, point-in-time recovery', what: 'the records before their erasure', until: '35 days' },
  { where: 'DynamoDB, receipts of keyed requests', what: 'copies of records they made', until: 'a day' },
  { where: 'lake, exports under way', what: 'the records before their erasure', until: 'a day' },
  { where: 'lake, change logs and events', what: UNREADABLE, until: 'as long as the log' },
  { where: 'lake, rows Firehose could not convert', what: UNREADABLE, until: '90 days' },
  { where: 'lake, results of queries', what: UNREADABLE, until: '7 days' },
  { where: 'marts, the run that was shown before', what: UNREADABLE, until: 'the next run' },
  { where: 'insights, earlier versions', what: UNREADABLE, until: 'a day' },
  ...coarse(deployment),
];

const recordsOf = ({ items }: ErasureState): ErasureReport['records'] => {
  const names = [...new Set(items.map(({ entity }) => entity))].toSorted();
  const count = (name: string, did: string): number =>
    items.filter((item) => item.entity === name && item.did === did).length;
  return names.map((entity) => ({
    entity,
    deleted: count(entity, 'deleted'),
    anonymised: count(entity, 'anonymised'),
  }));
};

const lakeOf = ({ schemas }: Deployment): ErasureReport['lake'] => [
  ...entitiesOf(schemas).flatMap((entity) => {
    const [cleared, kept] = [clearedColumns(entity), keptColumns(entity)];
    if (entity.subject === undefined || cleared.length + kept.length === 0) return [];
    return curatedTables(entity).map(({ name }) => ({ table: name, cleared, kept }));
  }),
  ...eventsOf(schemas).flatMap((event) => {
    const kept = [...clearedColumns({ ...event, key: ['id'] }), ...keptColumns({ ...event, key: ['id'] })];
    return kept.length === 0 ? [] : [{ table: event.name, cleared: [], kept }];
  }),
];

/** The report of an erasure, by its state. */
export const reportOf = (deployment: Deployment, state: ErasureState, finishedAt: string): ErasureReport => ({
  format: 1,
  stage: deployment.stage,
  subject: state.subject,
  startedAt: state.startedAt,
  keyDestroyedAt: state.keyDestroyedAt,
  finishedAt,
  records: recordsOf(state),
  lake: lakeOf(deployment),
  unseen: state.items.filter(({ merged }) => !merged).length,
  quarantined: { removed: state.quarantined },
  marts: state.marts,
  remains: remains(deployment),
});
