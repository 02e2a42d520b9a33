import { expect, test } from 'vitest';
import { anonymised } from '../../../core/privacy/anonymise.ts';
import { entity, id, z } from '../../../core/schema/index.ts';

const person = (said: true | { erased: unknown } = true) => z.string().optional().meta({ personal: said });

const visit = entity({
  name: 'visit',
  description: 'Somebody was here',
  fields: {
    guestId: id(),
    nights: z.int(),
    note: person(),
    country: person({ erased: 'ZZ' }),
    rooms: z.array(z.object({ number: z.int(), wish: person() })),
    address: z.object({ city: z.string(), street: person() }).optional(),
  },
  indexes: { byGuest: ['guestId'] },
  subject: 'guestId',
  erase: 'anonymise',
});

test('a record without what is personal has all else as it was, at every depth', () => {
  const record = {
    id: 'v1',
    guestId: 'g1',
    nights: 2,
    note: 'quiet, please',
    country: 'SE',
    rooms: [{ number: 7, wish: 'sea' }, { number: 8 }],
    address: { city: 'Lund', street: 'Nygatan' },
    version: 3,
  };

  const left = anonymised(visit, record);

  expect(left).toEqual({
    id: 'v1',
    guestId: 'g1',
    nights: 2,
    country: 'ZZ',
    rooms: [{ number: 7 }, { number: 8 }],
    address: { city: 'Lund' },
    version: 3,
  });
  expect(anonymised(visit, left)).toEqual(left);
  expect(record.rooms[0]).toEqual({ number: 7, wish: 'sea' });
});

test('what a record has not got is not made up', () => {
  const record = { id: 'v1', guestId: 'g1', nights: 2, rooms: [], version: 1 };

  expect(anonymised(visit, record)).toEqual(record);
});
