import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversion, streamResource, testCatalog } from './fixtures/cloud.ts';
import { readErrors, readExact, startRig, type Rig } from './fixtures/rig.ts';

const COLUMNS = {
  id: 'int',
  text: 'string',
  short: 'varchar(3)',
  big: 'bigint',
  exact: 'decimal(20,4)',
  real: 'double',
  yes: 'boolean',
  at: 'timestamp',
  day: 'date',
  list: 'array<int>',
  counts: 'map<string,bigint>',
  nested: 'struct<a:int,b:array<struct<c:string,d:map<int,double>>>>',
};

const names = Object.keys(COLUMNS).filter((name) => name !== 'id');

/** Text of a number as a producer may write it: long, with exponents, with trailing zeros. */
const numberText = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  fc
    .tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -400, max: 400 }))
    .map(([whole, power]) => `${whole}e${power}`),
);

const scalarText = fc.oneof(
  numberText,
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  numberText.map((text) => JSON.stringify(text)),
  fc.date({ noInvalidDate: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    'true',
    'false',
    'null',
    '"2026-9-7"',
    '"2026-09-07 1:2:3.5"',
    '"true"',
    String.raw`"\ud800"`,
    '-0',
    '-0.0',
  ),
);

const keyText = fc.oneof(
  fc.constantFrom('a', 'A', 'b', 'c', 'C', 'd', '1', '01', '__proto__', ''),
  fc.string({ unit: 'binary', maxLength: 5 }),
);

const { value: anyJson } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarText,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(keyText, tie('value')), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(',')}}`),
  ),
}));

const member = fc.tuple(fc.oneof(fc.constantFrom(...names), keyText), anyJson);

interface Put {
  readonly text: string;
  /** The ids of its rows if it converts; undefined if it can not. */
  readonly ids?: readonly number[];
}

const documentText = (id: number, members: readonly (readonly [string, string])[]): string =>
  `{${[...members, ['id', String(id)] as const].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;

const records = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.array(member, { maxLength: 6 }), { minLength: 1, maxLength: 3 }) },
      {
        weight: 1,
        arbitrary: fc.oneof(anyJson, fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', '{', '{}{')),
      },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) => {
    let next = 0;
    return drafts.map((draft): Put => {
      if (typeof draft === 'string') return { text: draft };
      const ids = draft.map(() => next++);
      return { text: draft.map((members, index) => documentText(ids[index]!, members)).join(''), ids };
    });
  });

const bytes = (text: string): string => Buffer.from(text).toString('base64');

/** Ten-thousandths as a decimal with four digits after the point. */
const decimalText = (units: bigint): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

describe('any JSON', () => {
  let rig: Rig;
  beforeAll(() => {
    rig = startRig({
      resources: [
        streamResource('orders', {
          Prefix: 'data/',
          ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
          ...conversion(),
        }),
      ],
      catalog: testCatalog({ orders: COLUMNS }),
    });
  });
  afterAll(() => rig.close());

  const deliver = async (puts: readonly Put[]) => {
    for (const { key } of rig.objects()) rig.store.remove('lake', key);
    await rig.put('orders', ...puts.map(({ text }) => Buffer.from(text)));
    const { streams } = await rig.firehose.flush();
    const [data] = rig.objects('data/');
    const [errors] = rig.objects('errors/');
    return {
      report: streams['orders']!,
      rows: data ? await readExact(data.path) : [],
      errors: errors ? await readErrors(errors.path) : [],
    };
  };

  test('becomes its rows, or one error line with the exact bytes; the batch is never held up', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (puts) => {
        const { report, rows, errors } = await deliver(puts);

        const failed = new Set(errors.map(({ rawData }) => rawData));
        const expected = puts
          .filter(({ text, ids }) => ids && !failed.has(bytes(text)))
          .flatMap(({ ids }) => ids!);
        const ids = new Set(rows.map(({ id }) => Number(id)));
        expect(report.records).toBe(puts.length);
        expect(report.rows).toBe(rows.length);
        expect(report.failedRecords).toBe(errors.length);
        expect(expected.filter((id) => !ids.has(id))).toEqual([]);
        expect(errors.filter(({ rawData }) => !puts.some(({ text }) => bytes(text) === rawData))).toEqual([]);
        expect(rig.log.filter((line) => line.startsWith('error'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('reads back equal where the type holds it', async () => {
    const equalRow = fc.record({
      text: fc.string({ unit: 'grapheme' }),
      big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      units: fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }),
      real: fc.double({ noNaN: true, noDefaultInfinity: true }),
      at: fc.integer({ min: 1e12, max: 9e12 }),
      list: fc.array(fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(equalRow, { minLength: 1, maxLength: 20 }), async (rows) => {
        const texts = rows.map(
          ({ text, big, units, real, at, list }, id) =>
            `{"id":${id},"text":${JSON.stringify(text)},"big":${big},"exact":${decimalText(units)},"real":${JSON.stringify(real)},"at":${at},"list":${JSON.stringify(list)}}`,
        );

        const { rows: found } = await deliver([{ text: texts.join('\n') }]);

        const sorted = found.toSorted((a, b) => Number(a['id']) - Number(b['id']));
        expect(sorted.map((row) => row['text'])).toEqual(rows.map(({ text }) => text));
        expect(sorted.map((row) => row['big'])).toEqual(rows.map(({ big }) => String(big)));
        expect(sorted.map((row) => row['exact'])).toEqual(rows.map(({ units }) => decimalText(units)));
        expect(sorted.map((row) => Number(row['real']) + 0)).toEqual(rows.map(({ real }) => real + 0));
        expect(sorted.map((row) => Date.parse(`${row['at']!.replace(' ', 'T')}Z`))).toEqual(
          rows.map(({ at }) => at),
        );
        expect(sorted.map((row) => JSON.parse(row['list']!.toLowerCase()) as unknown)).toEqual(
          rows.map(({ list }) => list),
        );
      }),
      { numRuns: 60 },
    );
  });
});
