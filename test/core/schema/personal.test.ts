import { describe, expect, test } from 'vitest';
import { entity, event, id, money, SchemaError, timestamp, z } from '../../../core/schema/index.ts';
import type { PersonalOptions } from '../../../core/schema/personal.ts';

const personal = (schema: z.ZodType, said: true | PersonalOptions = true) => schema.meta({ personal: said });

const text = () => z.string().max(100);

/** A letter somebody wrote: what an entity with personal data needs, to be varied. */
const letter = (
  fields: Record<string, z.core.$ZodType>,
  options: Omit<Partial<Parameters<typeof entity>[0]>, 'fields'> = {},
) =>
  entity({
    name: 'letter',
    description: 'Something written',
    fields: { writerId: id(), ...fields },
    indexes: { byWriter: ['writerId'] },
    subject: 'writerId',
    ...options,
  });

const refusalOf = (declare: () => unknown): SchemaError => {
  try {
    declare();
  } catch (error) {
    expect(error).toBeInstanceOf(SchemaError);
    return error as SchemaError;
  }
  throw new Error('The schema was taken');
};

const policyOf = (made: ReturnType<typeof letter>, name: string) =>
  made.fields.find((field) => field.name === name)?.personal;

describe('a personal field', () => {
  test('is sealed, unless its file says otherwise', () => {
    const made = letter({
      body: personal(text()),
      greeting: personal(text(), {}),
      age: personal(z.int(), { lake: 'drop' }),
      bornOn: personal(z.iso.date(), { lake: 'year' }),
      sentAt: personal(timestamp(), { lake: 'month' }),
      language: personal(text(), { lake: 'clear', reason: 'It is of a few words' }),
      stamps: z.int().meta({ personal: false }),
    });

    const names = ['body', 'greeting', 'age', 'bornOn', 'sentAt', 'language', 'stamps', 'writerId'];
    expect(names.map((name) => policyOf(made, name)?.lake)).toEqual([
      'token',
      'token',
      'drop',
      'year',
      'month',
      'clear',
      undefined,
      undefined,
    ]);
    expect(policyOf(made, 'language')?.reason).toBe('It is of a few words');
  });

  test('says so whether it is optional or not, and wherever the meta stands', () => {
    const made = letter({
      before: text().meta({ personal: true }).optional(),
      after: text().optional().meta({ personal: true }),
    });

    expect([policyOf(made, 'before')?.lake, policyOf(made, 'after')?.lake]).toEqual(['token', 'token']);
  });

  test('is of the owner, unless its file says of whom', () => {
    const access = { owner: 'ownerId' };
    const made = letter({ ownerId: id().meta({ immutable: true }), body: personal(text()) }, {
      access,
      subject: undefined,
      indexes: { byOwner: ['ownerId'] },
    } as never);

    expect([made.subject, letter({}).subject, made.erase]).toEqual(['ownerId', 'writerId', 'delete']);
  });
});

/** What is wrong, the declaration, and the place, problem and cure that are told. */
const CASES: [string, () => unknown, [place: string, problem: string, cure: string]][] = [
  [
    'an unknown policy',
    () => letter({ body: personal(text(), { lake: 'hash' } as never) }),
    ['letter.body.personal.lake', 'Invalid option', "'token' | 'drop'"],
  ],
  [
    'an unknown word in it',
    () => letter({ body: personal(text(), { lakes: 'token' } as never) }),
    ['letter.body.personal', 'Unrecognized key', "'token' | 'drop'"],
  ],
  [
    'clear text without a reason',
    () => letter({ body: personal(text(), { lake: 'clear' }) }),
    ['letter.body', 'in the lake in clear', 'reason'],
  ],
  [
    'the year of a text',
    () => letter({ body: personal(text(), { lake: 'year' }) }),
    ['letter.body', 'type string has no year', "'token' or 'drop'"],
  ],
  [
    'the month of money',
    () => letter({ price: personal(money(), { lake: 'month' }) }),
    ['letter.price', 'type money has no month', 'z.iso.date()'],
  ],
  [
    'a personal element of a list, which no column would know of',
    () => letter({ words: z.array(personal(text())) }),
    ['letter.words[]', 'would stay in clear', 'field that holds the list'],
  ],
  [
    'a personal object in a list',
    () => letter({ parts: z.array(personal(z.object({ street: text() }))) }),
    ['letter.parts[]', 'would stay in clear', 'field that holds the list'],
  ],
  [
    'a personal field within a personal one',
    () => letter({ address: personal(z.object({ street: personal(text()) })) }),
    ['letter.address', 'as a whole and in parts', 'or of its parts alone'],
  ],
  [
    'a personal field within a list of objects that is personal',
    () =>
      letter({
        addresses: personal(z.array(z.object({ street: personal(text(), { lake: 'drop' }), city: text() }))),
      }),
    ['letter.addresses', 'as a whole and in parts', 'or of its parts alone'],
  ],
  [
    'an object of which nothing would be left',
    () => letter({ address: z.object({ street: personal(text(), { lake: 'drop' }) }) }),
    ['letter.address', 'the lake would have nothing of it', 'of the whole'],
  ],
  [
    'a sealed field of nobody',
    () => letter({ body: personal(text()) }, { subject: undefined }),
    ['letter.body', 'nothing says whose data it is', "Add subject: '<field>'"],
  ],
  [
    'a sealed field of nobody within an object',
    () => letter({ address: z.object({ street: personal(text()) }) }, { subject: undefined }),
    ['letter.address', 'nothing says whose data it is', "Add subject: '<field>'"],
  ],
  [
    'a sealed field of an event of nobody',
    () => event({ name: 'searched', description: 'x', fields: { words: personal(text()) } }),
    ['searched.words', 'nothing says whose data it is', "Add subject: '<field>'"],
  ],
  [
    'a subject that is no field',
    () => letter({ body: personal(text()) }, { subject: 'author' }),
    ['letter.subject', 'there is no field "author"', 'Use one of id, writerId'],
  ],
  [
    'a subject of an event that is no field',
    () => event({ name: 'searched', description: 'x', subject: 'who', fields: { words: text() } }),
    ['searched.subject', 'there is no field "who"', 'Use one of words'],
  ],
  [
    'a subject that is no text',
    () => letter({ writer: z.int(), body: personal(text()) }, { subject: 'writer' }),
    ['letter.subject', 'of type integer', 'id()'],
  ],
  [
    'a subject that is personal itself',
    () => letter({ email: personal(z.email()) }, { subject: 'email', indexes: { byEmail: ['email'] } }),
    ['letter.subject', 'would stand in every token in clear', 'made identifier'],
  ],
  [
    'a subject that may be anything',
    () => letter({ writer: z.string().min(1), body: personal(text()) }, { subject: 'writer' }),
    ['letter.subject', 'takes texts that keys cannot be kept under', 'Make "writer" an id()'],
  ],
  [
    'a subject whose records no index finds',
    () => letter({ body: personal(text()) }, { indexes: {} }),
    ['letter.subject', 'they could not be erased', "byWriterId: ['writerId']"],
  ],
  [
    'a subject whose records an index may miss',
    () =>
      letter(
        { body: personal(text()), sentAt: timestamp().optional() },
        {
          indexes: { byWriter: ['writerId', 'sentAt'] },
        },
      ),
    ['letter.subject', 'they could not be erased', "byWriterId: ['writerId']"],
  ],
  [
    'a key that is personal',
    () => letter({ email: personal(z.email()) }, { key: ['email'] }),
    ['letter.email', 'key of the record', 'Leave key out'],
  ],
  [
    'a view of the elements of a sealed list',
    () =>
      letter(
        { parts: personal(z.array(z.object({ words: text() }))) },
        { unnest: { parts: 'letter_parts' } },
      ),
    ['letter.unnest.parts', 'only as a whole', 'of the members alone'],
  ],
  [
    'another way to erase',
    () => letter({}, { erase: 'forget' } as never),
    ['letter.erase', 'Invalid option', 'Correct the option'],
  ],
  [
    'anonymising what stays in every record',
    () => letter({ body: personal(text()) }, { erase: 'anonymise' }),
    ['letter.erase', '"body" is personal and in every record', 'optional'],
  ],
  [
    'anonymising what stays in every element of a list',
    () => letter({ parts: z.array(z.object({ words: personal(text()) })) }, { erase: 'anonymise' }),
    ['letter.erase', '"words" is personal and in every record', 'optional'],
  ],
  [
    'anonymising nobody',
    () => entity({ name: 'stamp', description: 'x', fields: {}, erase: 'anonymise' }),
    ['stamp.erase', 'nothing says whose data it is', "Add subject: '<field>'"],
  ],
  [
    'an erased value that two records would share',
    () =>
      letter(
        { email: personal(z.email(), { erased: 'erased@example.com' }) },
        {
          erase: 'anonymise',
          unique: ['email'],
        },
      ),
    ['letter.erase', 'no two records may have the same "email"', 'optional'],
  ],
  [
    'an erased value that is none of the field',
    () => letter({ email: personal(z.email(), { erased: 'erased' }) }, { erase: 'anonymise' }),
    ['letter.email.personal.erased', '"erased" is no value of the field', 'that the field takes'],
  ],
];

test.each(CASES)('%s is refused, with place, problem and cure', (_, declare, [place, problem, cure]) => {
  const error = refusalOf(declare);

  expect(error.place).toBe(place);
  expect(error.problem).toContain(problem);
  expect(error.cure).toContain(cure);
});

describe('what could be mistaken for wrong is taken', () => {
  test.each<[string, () => unknown]>([
    [
      'a dropped field of nobody',
      () => letter({ body: personal(text(), { lake: 'drop' }) }, { subject: undefined }),
    ],
    [
      'a year of an event of nobody',
      () =>
        event({
          name: 'joined',
          description: 'x',
          fields: { bornOn: personal(z.iso.date(), { lake: 'year' }) },
        }),
    ],
    ['a person who is the record', () => letter({ body: personal(text()) }, { subject: 'id' })],
    [
      'a key with a reason',
      () => letter({ code: personal(id(), { lake: 'clear', reason: 'It is random' }) }, { key: ['code'] }),
    ],
    [
      'personal members of a list that is seen one by one',
      () =>
        letter(
          { parts: z.array(z.object({ words: personal(text()), page: z.int() })) },
          { unnest: { parts: 'letter_parts' } },
        ),
    ],
    [
      'anonymising what is optional, or has something to take its place',
      () =>
        letter(
          { body: personal(text().optional()), name: personal(text(), { erased: 'somebody' }) },
          { erase: 'anonymise' },
        ),
    ],
    [
      'an optional subject',
      () =>
        letter(
          { reader: id().optional(), body: personal(text()) },
          { subject: 'reader', indexes: { byReader: ['reader'] } },
        ),
    ],
  ])('%s', (_, declare) => {
    expect(declare).not.toThrow();
  });
});
