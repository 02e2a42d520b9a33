import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reject } from '../../../cli/import/candidate.ts';
import { runImport } from '../../../cli/import/run.ts';
import { uniqueGuards } from '../../../core/table/guards.ts';
import { customer } from '../../../schemas/customer.ts';
import { startTables, type Tables } from '../../functions/tables.ts';

let tables: Tables;
let folder: string;

beforeAll(async () => {
  tables = await startTables([customer]);
  folder = await mkdtemp(join(tmpdir(), 'tailrace-import-'));
});
afterAll(async () => {
  await tables.close();
  await rm(folder, { recursive: true, force: true });
});

const person = (id: string, email: string) => ({ id, email, name: 'Ada' });
const importAll = async (records: readonly object[]) => {
  const path = join(folder, 'customers.ndjson');
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const rejects: Reject[] = [];
  const tally = await runImport({
    path,
    entity: customer,
    table: tables.names.table(customer),
    guards: tables.names.guards,
    client: tables.client,
    onReject: (reject) => rejects.push(reject),
    onProgress: () => {},
  });
  return { tally, reasons: rejects.map(({ line, reasons }) => [line.number, reasons]) };
};
const all = async (table: string) =>
  (await tables.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];

describe('an import of records with a unique field', () => {
  it('writes a guard with every record, and rejects by line and field what is taken', async () => {
    const many = Array.from({ length: 230 }, (_, index) => person(`c${index}`, `c${index}@example.com`));
    const { tally, reasons } = await importAll([...many, person('d1', 'c7@example.com')]);
    const held = await all(tables.names.guards);

    expect(tally).toMatchObject({ written: 230, unchanged: 0 });
    expect(reasons).toEqual([[231, ['/email: unique, and the same value as line 8']]]);
    expect(held).toHaveLength(230);
    expect(held).toContainEqual({
      guard: { S: uniqueGuards(customer, many[3] ?? {})[0]?.guard },
      holder: { S: '["c3"]' },
    });
    expect(await all(tables.names.table(customer))).toHaveLength(230);
  });

  it('rejects one of two lines with one value', async () => {
    const { tally, reasons } = await importAll([
      person('e1', 'e@example.com'),
      person('e2', 'e@example.com'),
    ]);

    expect(tally).toMatchObject({ written: 1 });
    expect(reasons).toEqual([[2, ['/email: unique, and the same value as line 1']]]);
  });

  it('rejects what a record of the table has', async () => {
    const { tally, reasons } = await importAll([person('f1', 'c3@example.com')]);

    expect(tally).toMatchObject({ written: 0 });
    expect(reasons).toEqual([[1, ['/email: another customer has this value, and it is unique']]]);
  });

  it('finds all there when it is done again', async () => {
    expect(
      (await importAll([person('c1', 'c1@example.com'), person('e1', 'e@example.com')])).tally,
    ).toMatchObject({
      written: 0,
      unchanged: 2,
    });
  });
});
