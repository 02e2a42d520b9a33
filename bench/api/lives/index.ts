import { recordOf, type Call } from '../request.ts';
import { customerBody, customerLife } from './customer.ts';
import type { Life, Seeds } from './life.ts';
import { cancelledOrderLife, orderBody, orderLife } from './order.ts';
import { productBody, productLife } from './product.ts';

/** Together they go through every route of the store's entities. */
export const LIVES: readonly Life[] = [productLife, customerLife, orderLife, cancelledOrderLife];

const PAGE = 25;
const PLENTY = 1_000_000_000;

/** Creates the records that are there before: through the handler, as a client would. */
export const plantSeeds = async (call: Call): Promise<Seeds> => {
  const create = async (route: string, body: object) =>
    recordOf(await call({ status: 201, method: 'POST', route, body })).id;
  const [category, email] = ['listed', 'listed@mail.example'];
  const customerId = await create('/customers', customerBody(email));
  const productId = await create('/products', productBody('sold', PLENTY));
  const seeds = { category, email, customerId, productId };
  for (let index = 0; index < PAGE; index += 1) {
    await create('/products', productBody(category));
    await create('/orders', orderBody(seeds));
  }
  return seeds;
};
