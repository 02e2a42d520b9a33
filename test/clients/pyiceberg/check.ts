import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AthenaClient } from '@aws-sdk/client-athena';
import { startAthena } from '../../../local/athena/service.ts';
import { openCatalog } from '../../../local/glue/catalog.ts';
import { startGlue } from '../../../local/glue/service.ts';
import { startS3 } from '../../../local/s3/service.ts';
import { openObjectStore } from '../../../local/s3/store.ts';
import { cloudOf, REGION, run, shop, workGroup, type Lake } from '../../local/athena/lake.ts';
import { serveServices } from '../../local/serve.ts';

/**
 * Checks that PyIceberg reads the Iceberg tables of the local Athena through Glue and S3, and Athena what PyIceberg
 * writes. `npm test` does not run it:
 *
 * python3 -m venv /tmp/pyiceberg && /tmp/pyiceberg/bin/pip install 'pyiceberg[glue,pyarrow,s3fs]'
 * node test/clients/pyiceberg/check.ts /tmp/pyiceberg/bin/python
 */
const [python = 'python3'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pyiceberg-'));
const cloud = { ...cloudOf(folder, [shop, workGroup]), endpoint: 'http://127.0.0.1:1' };
const store = openObjectStore(cloud);
for (const bucket of ['lake', 'results']) store.createBucket(bucket);
const catalog = openCatalog(cloud);
const services = [startAthena(cloud, { catalog, store }), startGlue(cloud, catalog), startS3(cloud, store)];
const gateway = await serveServices(services);
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const athena = new AthenaClient({ endpoint: gateway.address, region: REGION, credentials });

const sql = async (text: string) => (await run({ athena } as Lake, text)).rows;
const pyiceberg = async (task: string): Promise<unknown> => {
  const script = join(import.meta.dirname, 'check.py');
  const { stdout } = await promisify(execFile)(python, [script, gateway.address, task]);
  return JSON.parse(stdout);
};

const row = (id: string, n: number, day: number) =>
  `('${id}', ${n}, TIMESTAMP '2026-11-${day} 10:00:00.123', ROW(${n}, 'EUR'), ARRAY[ROW('x')])`;

const seen = (id: string, n: number, day: number, paid: boolean | null = null) => ({
  id,
  n,
  at: `2026-11-${day} 10:00:00.123000`,
  total: { amount: n, currency: 'EUR' },
  lines: [{ sku: 'x' }],
  paid,
});

const readsWhatAthenaWrote = async () => {
  const columns =
    'id string, n int, at timestamp, total struct<amount:bigint,currency:string>, lines array<struct<sku:string>>';
  await sql(
    `CREATE TABLE orders (${columns}) PARTITIONED BY (day(at), bucket(4, id)) LOCATION 's3://lake/orders/' TBLPROPERTIES ('table_type'='ICEBERG')`,
  );
  await sql(`INSERT INTO orders VALUES ${row('a', 1, 21)}, ${row('b', 2, 22)}, ${row('c', 3, 22)}`);
  await sql('ALTER TABLE orders ADD COLUMNS (paid boolean)');
  await sql(
    `MERGE INTO orders t USING (VALUES ('b', 20), ('c', 0), ('d', 4)) AS s(id, n) ON t.id = s.id
    WHEN MATCHED AND s.n = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET paid = true
    WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.n, TIMESTAMP '2026-11-23 10:00:00.123', ROW(s.n, 'EUR'), ARRAY[ROW('x')], NULL)`,
  );
  assert.deepEqual(await pyiceberg('read'), {
    rows: [seen('a', 1, 21), seen('b', 2, 22, true), seen('d', 4, 23)],
    'at day': ['b', 'd'],
    'files at day': 2,
    'files by id': 1,
    snapshots: ['append', 'overwrite'],
    first: ['a', 'b', 'c'],
  });
};

const readsWhatPyicebergWrote = async () => {
  await pyiceberg('write');
  assert.deepEqual(
    await sql('SELECT id, quantity, at, total.amount, total.tax, lines[1].sku, paid FROM orders ORDER BY id'),
    [
      ['b', '2', '2026-11-22 10:00:00.123', '2', undefined, 'x', 'true'],
      ['d', '4', '2026-11-23 10:00:00.123', '4', undefined, 'x', undefined],
      ['p', '7', '2026-11-24 12:00:00.123', '9', '2', 'y', undefined],
    ].map((cells) => cells.map((cell, index) => (index === 2 ? `${cell}000` : cell))),
  );
  await sql("UPDATE orders SET quantity = 8 WHERE id = 'p'");
  await sql('OPTIMIZE orders REWRITE DATA USING BIN_PACK');
  assert.deepEqual(await sql('SELECT sum(quantity), sum(total.tax) FROM orders'), [['14', '2']]);
};

try {
  await readsWhatAthenaWrote();
  await readsWhatPyicebergWrote();
  process.stdout.write('PyIceberg and the local Athena read what the other wrote.\n');
} finally {
  athena.destroy();
  for (const service of services) await service.close();
  await gateway.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
}
