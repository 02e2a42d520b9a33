import avro from 'avsc';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAvro, writeAvro } from '../../../../local/athena/iceberg/avro.ts';
import { parseJson, printJson } from '../../../../local/athena/iceberg/json.ts';
import { parseMetadata } from '../../../../local/athena/iceberg/metadata.ts';
import { murmur3 } from '../../../../local/athena/iceberg/murmur.ts';
import { bucketOf, parseTransform, transformScalar } from '../../../../local/athena/iceberg/transform.ts';
import {
  compareScalars,
  days,
  decodeBound,
  encodeBound,
  exact,
  moment,
  signedBytes,
  text,
  type Scalar,
} from '../../../../local/athena/iceberg/value.ts';

const long = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};

describe('metadata JSON', () => {
  test('keeps every digit of a snapshot id', () => {
    const written = printJson({ 'snapshot-id': 9_223_372_036_854_775_807n, 'schema-id': 1 });

    expect(written).toBe('{"snapshot-id":9223372036854775807,"schema-id":1}');
    expect(parseJson(written)).toEqual({ 'snapshot-id': 9_223_372_036_854_775_807n, 'schema-id': 1 });
  });

  test.each([
    ['{"format-version":2}', /ICEBERG_INVALID_METADATA: s3:\/\/b\/m\.json: table-uuid/],
    ['no json', /ICEBERG_INVALID_METADATA/],
  ])('that is no table is refused: %s', (document, reason) => {
    expect(() => parseMetadata(document, 's3://b/m.json')).toThrow(reason);
  });
});

describe('an Avro file', () => {
  const schema = {
    type: 'record',
    name: 'r',
    fields: [
      { name: 'id', type: 'long', 'field-id': 1 },
      { name: 'note', type: ['null', 'string'], default: null, 'field-id': 2 },
    ],
  };

  test('comes back as it was written, its field ids in the header', () => {
    const records = [
      { id: 9_223_372_036_854_775_807n, note: 'é' },
      { id: -1n, note: null },
    ];

    const file = readAvro(writeAvro(schema, records, { kind: 'test' }));

    expect(file.records).toEqual(records);
    expect(file.schema).toEqual(schema);
    expect(file.meta).toMatchObject({ kind: 'test', 'avro.codec': 'deflate' });
  });

  test('of another writer is read, in any number of blocks, compressed or not', async () => {
    for (const codec of ['null', 'deflate']) {
      const encoder = new avro.streams.BlockEncoder(schema as avro.Schema, { codec, blockSize: 64 });
      const chunks: Buffer[] = [];
      encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
      const written = new Promise((resolve) => {
        encoder.on('end', resolve);
      });
      for (let id = 0; id < 100; id += 1) encoder.write({ id, note: null });
      encoder.end();
      await written;

      const { records } = readAvro(Buffer.concat(chunks));

      expect(records).toHaveLength(100);
      expect(records.at(-1)).toEqual({ id: 99n, note: null });
    }
  });
});

describe('bucket hashes are those of the specification', () => {
  test.each([
    [long(34n), 2_017_239_379],
    [long(17_486n), -653_330_422],
    [long(1_510_871_468_000_000n), -2_047_944_441],
    [Buffer.from('iceberg'), 1_210_000_089],
    [Buffer.from([0, 1, 2, 3]), -188_683_207],
    [signedBytes(1420n), -500_754_589],
  ])('%o', (bytes, hash) => {
    expect(murmur3(bytes)).toBe(hash);
  });

  test('and a bucket is never negative', () => {
    expect(bucketOf('long', '17486', 16)).toBe((-653_330_422 & 0x7f_ff_ff_ff) % 16);
  });
});

describe('a partition transform', () => {
  const at = moment(1_510_871_468_000_000n);

  test.each([
    ['year', at, 'timestamp', exact(47n)],
    ['month', at, 'timestamp', exact(574n)],
    ['day', at, 'timestamp', days(17_486n)],
    ['hour', at, 'timestamp', exact(419_686n)],
    ['hour', moment(-1n), 'timestamp', exact(-1n)],
    ['year', moment(-1n), 'timestamp', exact(-1n)],
    ['day', moment(-1n), 'timestamp', days(-1n)],
    ['truncate[10]', exact(-1n), 'int', exact(-10n)],
    ['truncate[50]', exact(1065n, 2), 'decimal(9, 2)', exact(1050n, 2)],
    ['truncate[3]', text('iceberg'), 'string', text('ice')],
    ['truncate[1]', text('🧊berg'), 'string', text('🧊')],
    ['bucket[16]', exact(34n), 'long', exact(BigInt((2_017_239_379 & 0x7f_ff_ff_ff) % 16))],
    ['bucket[16]', exact(142n, 1), 'decimal(9, 2)', exact(BigInt((-500_754_589 & 0x7f_ff_ff_ff) % 16))],
  ] as const)('%s', (transform, value, type, expected) => {
    expect(transformScalar(parseTransform(transform), value, type)).toEqual(expected);
  });
});

describe('a bound', () => {
  test.each([
    ['int', '-7', exact(-7n)],
    ['long', '9223372036854775807', exact(9_223_372_036_854_775_807n)],
    ['decimal(38, 2)', '-12345678901234567890.12', exact(-1_234_567_890_123_456_789_012n, 2)],
    ['decimal(9, 2)', '0.00', exact(0n, 2)],
    ['date', '1969-12-31', days(-1n)],
    ['timestamp', '1960-01-01 00:00:00.123456', moment(-315_619_199_876_544n)],
    ['timestamptz', '2025-12-31 22:00:00.5+00', moment(1_767_218_400_500_000n)],
    ['double', '1.5', { kind: 'floating', value: 1.5 }],
    ['boolean', '1', { kind: 'boolean', value: true }],
    ['string', 'é', text('é')],
  ] as const)('of type %s keeps %s', (type, printed, scalar) => {
    expect(decodeBound(type, encodeBound(type, printed, false) as Buffer)).toEqual(scalar);
  });

  test('of a long text is cut, downwards below and upwards above', () => {
    const character = fc
      .integer({ min: 1, max: 0x10_ff_ff })
      .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
      .map((code) => String.fromCodePoint(code));
    const texts = fc.array(character, { minLength: 17, maxLength: 40 }).map((all) => all.join(''));

    fc.assert(
      fc.property(texts, (value) => {
        const [lower, upper] = [false, true].map((side) => encodeBound('string', value, side));
        const whole = Buffer.from(value);
        expect(Buffer.compare(lower as Buffer, whole)).toBeLessThanOrEqual(0);
        expect(upper === undefined || Buffer.compare(upper, whole) > 0).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('of a promoted column is read in its old width', () => {
    expect(decodeBound('long', encodeBound('int', '5', false) as Buffer)).toEqual(exact(5n));
    expect(decodeBound('double', encodeBound('float', '1.5', false) as Buffer)).toEqual({
      kind: 'floating',
      value: 1.5,
    });
  });

  test.each([
    [exact(150n, 2), exact(15n, 1), 0],
    [exact(149n, 2), exact(15n, 1), -1],
    [exact(2n), { kind: 'floating', value: 1.5 }, 0.5],
    [text('a'), exact(1n), undefined],
    [moment(1n), days(0n), 1],
  ] as readonly (readonly [Scalar, Scalar, number | undefined])[])(
    'compares with a value of another type: %o %o',
    (a, b, order) => {
      expect(compareScalars(a, b)).toBe(order);
    },
  );
});
