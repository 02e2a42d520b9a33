import * as fc from 'fast-check';
import { idAt } from './steps.ts';
import type { Body } from './writes.ts';
import type { Caller, EntityName, World } from './world.ts';

/** What is sent, in the words of the model: who and what is in it is known once there is a world. */
export interface Draft {
  readonly text: string;
  readonly in: (world: World, caller: Caller) => Body;
}

/** Addresses and shelves are those of one run: all runs share their tables. */
export const ofRun = (world: World, text: string): string => `${text}-${world.subjects.staff}`;

/** One of a few addresses, so that they are taken. */
export const mailOf = (world: World, index: number): string => `${ofRun(world, `mail${index}`)}@example.com`;

const draft =
  <T>(toBody: (said: T, world: World, caller: Caller) => Body) =>
  (said: T): Draft => ({
    text: JSON.stringify(said),
    in: (world, caller) => toBody(said, world, caller),
  });

const fixed = (...bodies: readonly Body[]): fc.Arbitrary<Draft> =>
  fc.constantFrom(...bodies).map(draft((body) => body));

const seldom = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: other });

const toCustomer = draft(
  ({ mail, name, colour }: { mail: number; name: string; colour?: string | undefined }, world) => ({
    json: { email: mailOf(world, mail), name, ...(colour === undefined ? {} : { colour }) },
    isWrong: name === '' || colour !== undefined,
  }),
);

const customer = fc
  .record({
    mail: fc.nat({ max: 3 }),
    name: seldom(fc.constantFrom('Ada', 'Ünal ☃'), fc.constant('')),
    colour: seldom(fc.constant(undefined), fc.constant('red')),
  })
  .map(toCustomer);

interface Product {
  readonly name: string;
  readonly shelf: string;
  readonly amount: number;
  readonly currency: string;
  readonly stock: number;
}

const toProduct = draft(({ name, shelf, amount, currency, stock }: Product, world) => ({
  json: { name, category: ofRun(world, shelf), price: { amount, currency }, stock },
  isWrong: stock < 0,
}));

const product = fc
  .record({
    name: fc.constantFrom('Amber', 'Blue', 'Bronze'),
    shelf: fc.constantFrom('art', 'home'),
    amount: fc.constantFrom(1, 250),
    currency: seldom(fc.constant('EUR'), fc.constant('USD')),
    stock: seldom(fc.nat({ max: 9 }), fc.constant(-1)),
  })
  .map(toProduct);

const line = fc.record({
  product: fc.nat({ max: 30 }),
  quantity: seldom(fc.integer({ min: 1, max: 3 }), fc.constant(0)),
});

/** Whoever buys for themselves need not say who they are; the staff buys for the first customer. */
const customerIn = (said: 'own' | 'none' | number, world: World, caller: Caller): object => {
  if (said === 'none' || (said === 'own' && caller !== 'staff')) return {};
  return { customerId: idAt(world, 'customer', said === 'own' ? 0 : said) };
};

const order = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    customer: fc.oneof(
      { weight: 4, arbitrary: fc.constant('own' as const) },
      { weight: 1, arbitrary: fc.constantFrom('none' as const, 1, 2, 5) },
    ),
  })
  .map(
    draft((said, world, who) => ({
      json: {
        lines: said.lines.map((one) => ({
          productId: idAt(world, 'product', one.product),
          quantity: one.quantity,
        })),
        ...customerIn(said.customer, world, who),
      },
      isWrong: said.lines.some(({ quantity }) => quantity === 0),
    })),
  );

const lamp = { name: 'Amber', shelf: 'home', amount: 100, currency: 'EUR', stock: 20 };

/** Who makes what before anything else. */
export const FIRST: readonly (readonly [Caller, EntityName, Draft])[] = [
  ['ann', 'customer', toCustomer({ mail: 0, name: 'Ann' })],
  ['bob', 'customer', toCustomer({ mail: 1, name: 'Bob' })],
  ['staff', 'product', toProduct(lamp)],
  ['staff', 'product', toProduct({ ...lamp, name: 'Blue', stock: 3 })],
];

/** What makes a record. */
export const CREATIONS: Readonly<Record<EntityName, fc.Arbitrary<Draft>>> = { customer, product, order };

/** What changes one. */
export const PATCHES: Readonly<Record<EntityName, fc.Arbitrary<Draft>>> = {
  customer: fc.oneof(
    fc.nat({ max: 3 }).map(draft((mail, world) => ({ json: { email: mailOf(world, mail) } }))),
    fixed(
      { json: {} },
      { json: { country: 'DE' } },
      { json: { country: null } },
      { json: { name: null }, isWrong: true },
      { json: { id: 'other' }, isWrong: true },
    ),
  ),
  product: fixed(
    { json: { stock: 4 } },
    { json: { price: { amount: 7 } } },
    { json: { tags: ['a'] } },
    { json: { tags: null } },
    { json: { version: 9 }, isWrong: true },
    { json: { price: null }, isWrong: true },
  ),
  order: fixed(
    { json: { note: 'Ring twice' } },
    { json: { note: null } },
    { json: { status: 'paid' }, isWrong: true },
    { json: { lines: [] }, isWrong: true },
  ),
};
