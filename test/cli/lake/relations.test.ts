import { describe, expect, test } from 'vitest';
import { toRelation, type Relation } from '../../../cli/lake/relations.ts';
import { withSources } from '../../../cli/tables/measure.ts';

const view = (sql: string): string =>
  `/* Presto View: ${Buffer.from(JSON.stringify({ originalSql: sql })).toString('base64')} */`;

const relation = (name: string, kind: Relation['kind'], reads: string[] = []): Relation => ({
  name,
  kind,
  comment: '',
  columns: [],
  place: undefined,
  reads,
});

describe('a relation as Glue describes it', () => {
  test('is a view that reads what its SQL names', () => {
    const sql = `WITH "tail" AS (SELECT 1 FROM "lake"."orders_changes" WHERE "dt" >= '2026-11-25')
      SELECT * FROM "lake"."orders_current" AS c FULL OUTER JOIN "tail" ON true CROSS JOIN UNNEST(c.lines)`;

    const found = toRelation({
      Name: 'orders',
      TableType: 'VIRTUAL_VIEW',
      Parameters: { comment: 'Presto View' },
      ViewOriginalText: view(sql),
    });

    expect(found).toMatchObject({ kind: 'view', comment: '', place: undefined });
    expect(found.reads).toEqual(expect.arrayContaining(['orders_changes', 'orders_current']));
  });

  test.each([
    ['iceberg', { table_type: 'ICEBERG' }],
    ['log', { 'projection.enabled': 'true' }],
    ['table', {}],
  ])('is %s by its properties, and lies where they say', (kind, Parameters) => {
    const found = toRelation({
      Name: 'orders',
      Parameters,
      StorageDescriptor: {
        Location: 's3://lake/changes/order',
        Columns: [{ Name: 'id', Type: 'string', Comment: 'Which' }],
      },
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
    });

    expect(found).toMatchObject({ kind, place: { bucket: 'lake', prefix: 'changes/order/' } });
    expect(found.columns).toEqual([
      { name: 'id', type: 'string', comment: 'Which' },
      { name: 'dt', type: 'string', comment: '' },
    ]);
  });
});

describe('the sources of a view', () => {
  test('are what it reads, through other views, and no more', () => {
    const log = relation('orders_changes', 'log');
    const orders = relation('orders', 'view', ['orders_changes', 'tail']);
    const lines = relation('order_lines', 'view', ['orders']);
    const all = [log, orders, lines, relation('customers', 'view')];

    expect(withSources([lines], all)).toEqual([lines, orders, log]);
  });
});
