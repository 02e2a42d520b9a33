import { describe, expect, test } from 'vitest';
import { castText, hiveText, parseHiveType, TypeConflict, widen } from '../../../core/lake/hive-type.ts';

const LINES = 'array<struct<sku:string,price:struct<amount:bigint,currency:string>,share:decimal(10,2)>>';

describe('a Hive type', () => {
  test.each(['string', 'decimal(38,0)', 'array<bigint>', LINES, 'struct<a:array<array<date>>,b:boolean>'])(
    'is the same text after it was taken apart: %s',
    (text) => {
      expect(hiveText(parseHiveType(text))).toBe(text);
    },
  );

  test('is read whatever its case and spaces', () => {
    expect(hiveText(parseHiveType('Struct<A: String, b: Decimal(4, 2)>'))).toBe(
      'struct<a:string,b:decimal(4,2)>',
    );
  });

  test('is written as CASTs take it, timestamps as Iceberg has them', () => {
    expect(castText(parseHiveType('array<struct<at:timestamp,name:string,n:int>>'))).toBe(
      'array(row("at" timestamp(6), "name" varchar, "n" integer))',
    );
  });
});

describe('widening', () => {
  test.each([
    ['string', 'string', 'string'],
    ['struct<b:string>', 'struct<a:bigint,b:string>', 'struct<b:string,a:bigint>'],
    ['struct<a:bigint,gone:date>', 'struct<a:bigint>', 'struct<a:bigint,gone:date>'],
    [
      'array<struct<p:struct<amount:bigint>>>',
      'array<struct<note:string,p:struct<currency:string,amount:bigint>>>',
      'array<struct<p:struct<amount:bigint,currency:string>,note:string>>',
    ],
  ])('%s to hold %s too gives %s', (existing, wanted, wider) => {
    expect(hiveText(widen(parseHiveType(existing), parseHiveType(wanted)))).toBe(wider);
  });

  test.each([
    ['string', 'bigint'],
    ['array<string>', 'string'],
    ['struct<a:decimal(4,2)>', 'struct<a:decimal(6,2)>'],
  ])('never makes %s of %s', (existing, wanted) => {
    expect(() => widen(parseHiveType(existing), parseHiveType(wanted))).toThrow(TypeConflict);
  });
});
