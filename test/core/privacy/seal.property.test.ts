import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenToken, seal, unseal } from '../../../core/privacy/seal.ts';
import { SECRET_BYTES, subjectKey, type SubjectKey } from '../../../core/privacy/subject-key.ts';
import { parseToken, TOKENS } from '../../../core/privacy/token.ts';

const ann = subjectKey('ann', randomBytes(SECRET_BYTES));
const bob = subjectKey('bob', randomBytes(SECRET_BYTES));

const tokenOf = (key: SubjectKey, column: string, value: unknown): string =>
  JSON.parse(seal(key, column, Buffer.from(JSON.stringify(value))).toString()) as string;

/** What it was, as JSON has it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 80, maxLength: 300 }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(fc.string(), { maxLength: 5 }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), { maxKeys: 5, noNullPrototype: true }),
);

const columns = fc.stringMatching(/^[a-z][a-z0-9_.]{0,20}$/);

const broken = (key: SubjectKey, token: string): unknown => {
  try {
    return unseal(key, token);
  } catch (error) {
    return error;
  }
};

describe('a sealed value', () => {
  test('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(columns, values, (column, value) => {
        expect(unseal(ann, tokenOf(ann, column, value))).toEqual(plain(value));
      }),
    );
  });

  test('has the same token exactly where subject, column and value are the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(ann, bob),
        fc.constantFrom(ann, bob),
        fc.constantFrom('email', 'name', 'email.name'),
        fc.constantFrom('email', 'name', 'email.name'),
        fc.oneof(values, fc.constant('same')),
        fc.oneof(values, fc.constant('same')),
        (key, otherKey, column, otherColumn, value, otherValue) => {
          const isSame =
            key === otherKey &&
            column === otherColumn &&
            JSON.stringify(value) === JSON.stringify(otherValue);

          expect(tokenOf(key, column, value) === tokenOf(otherKey, otherColumn, otherValue)).toBe(isSame);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('has the same token in another process, which remembers nothing', () => {
    const secret = randomBytes(SECRET_BYTES);

    const [one, other] = [subjectKey('ann', secret), subjectKey('ann', secret)].map((key) =>
      tokenOf(key, 'email', 'ann@example.com'),
    );

    expect(one).toBe(other);
  });

  test('no initialization vector comes twice, but for the same value of the same column', () => {
    const vectors = new Map<string, string>();
    fc.assert(
      fc.property(columns, values, (column, value) => {
        const iv = parseToken(tokenOf(ann, column, value))!.iv.toString('hex');
        const what = JSON.stringify([column, JSON.stringify(value)]);

        expect(vectors.get(iv) ?? what).toBe(what);
        vectors.set(iv, what);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [true, false],
    ['male', 'female'],
    ['a@b.example', 'ann.of.a.longer.name@b.example'],
    [1, 4_000_000_000],
  ])('of a few characters does not tell %j from %j by its length', (one, other) => {
    expect(tokenOf(ann, 'x', one)).toHaveLength(tokenOf(ann, 'x', other).length);
  });

  test('has one form, which is found in any text', () => {
    fc.assert(
      fc.property(columns, values, (column, value) => {
        const token = tokenOf(ann, column, value);

        expect(token).toMatch(/^sealed:v1:YW5u:[A-Za-z0-9_-]{80,}$/);
        expect(`{a=${token}, b=[${token}]}`.match(TOKENS)).toEqual([token, token]);
      }),
    );
  });

  test('names its subject, whatever its name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (subject) => {
        fc.pre(!subject.startsWith('#'));
        const key = subjectKey(subject, randomBytes(SECRET_BYTES));

        expect(parseToken(tokenOf(key, 'x', 1))?.subject).toBe(subject);
      }),
    );
  });
});

describe('a token that was changed', () => {
  const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:= .';

  test('in any one character is refused, and nothing of the value is in the refusal', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.constantFrom(...CHARACTERS.split('')),
        (text, pick, character) => {
          const token = tokenOf(ann, 'note', `secret ${text}`);
          const place = pick % token.length;
          fc.pre(token[place] !== character);

          const error = broken(ann, token.slice(0, place) + character + token.slice(place + 1));

          expect(error).toBeInstanceOf(BrokenToken);
          expect(String((error as Error).stack)).not.toContain('secret');
          expect((error as Error).cause).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  test('by cutting it short or adding to it is refused', () => {
    const token = tokenOf(ann, 'note', 'secret');
    for (let length = 0; length < token.length; length += 1)
      expect(broken(ann, token.slice(0, length))).toBeInstanceOf(BrokenToken);
    for (const more of ['A', 'AA', 'AAAA', '=', ' ', '\n', `:${token}`])
      expect(broken(ann, token + more)).toBeInstanceOf(BrokenToken);
  });

  test('to be of another subject, or with the key of another, is refused', () => {
    const token = tokenOf(ann, 'note', 'secret');

    expect(broken(bob, token)).toBeInstanceOf(BrokenToken);
    expect(broken(bob, token.replace('YW5u', 'Ym9i'))).toBeInstanceOf(BrokenToken);
    expect(broken(subjectKey('ann', randomBytes(SECRET_BYTES)), token)).toBeInstanceOf(BrokenToken);
  });
});

describe('the keys of a subject', () => {
  test('are two, neither of them the secret', () => {
    const secret = randomBytes(SECRET_BYTES);

    const key = subjectKey('ann', secret);

    const keys = [secret, key.encryption.export(), key.vector.export()].map((one) => one.toString('hex'));
    expect(new Set(keys).size).toBe(3);
  });

  test.each([0, 16, 31, 33])('are not made of %i bytes', (length) => {
    expect(() => subjectKey('ann', randomBytes(length))).toThrow(RangeError);
  });
});

test('what is remembered of a subject has an end, and changes no token', () => {
  const key = subjectKey('ann', randomBytes(SECRET_BYTES));
  const first = tokenOf(key, 'note', 0);

  for (let value = 0; value < 1000; value += 1) tokenOf(key, 'note', value);
  tokenOf(key, 'note', 'x'.repeat(10_000));

  expect(key.made.get('note')!.size).toBeLessThanOrEqual(8);
  expect(tokenOf(key, 'note', 0)).toBe(first);
});
