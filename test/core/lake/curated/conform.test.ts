import { expect, test } from 'vitest';
import { conform } from '../../../../core/lake/curated/conform.ts';
import { parseHiveType } from '../../../../core/lake/hive-type.ts';

test.each([
  ['string', 'string', 'x'],
  ['struct<a:bigint,b:string>', 'struct<a:bigint,b:string>', 'x'],
  ['timestamp', 'timestamp', 'CAST(x AS timestamp(6))'],
  ['array<timestamp>', 'array<timestamp>', 'transform(x, e0 -> CAST(e0 AS timestamp(6)))'],
  [
    'struct<a:bigint,b:string>',
    'struct<b:string,a:bigint,gone:date>',
    'IF(x IS NULL, NULL, CAST(ROW(x."b", x."a", NULL) AS row("b" varchar, "a" bigint, "gone" date)))',
  ],
  [
    'array<struct<a:bigint,l:array<struct<p:date,q:date>>>>',
    'array<struct<a:bigint,l:array<struct<q:date,p:date>>>>',
    'transform(x, e0 -> IF(e0 IS NULL, NULL, CAST(ROW(e0."a", transform(e0."l", e1 -> ' +
      'IF(e1 IS NULL, NULL, CAST(ROW(e1."q", e1."p") AS row("q" date, "p" date))))) AS ' +
      'row("a" bigint, "l" array(row("q" date, "p" date))))))',
  ],
])('%s as %s is %s', (from, to, sql) => {
  expect(conform('x', parseHiveType(from), parseHiveType(to))).toBe(sql);
});
