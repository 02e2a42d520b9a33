import type { Harness, Received } from './harness.ts';

/** The store as a customer sees it: shelves, orders and what is done with them. */
export const storeOf = (harness: Pick<Harness, 'send'>) => {
  let people = 0;
  const post = (path: string, json?: unknown, headers: Record<string, string> = {}): Promise<Received> =>
    harness.send({ method: 'POST', path, headers, ...(json === undefined ? {} : { json }) });
  const make = async (path: string, json: unknown): Promise<string> => {
    const { status, body } = await post(path, json);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  return {
    post,
    product: (stock: number, amount = 100) =>
      make('/products', { name: 'Lamp', category: 'home', price: { amount, currency: 'EUR' }, stock }),
    customer: () =>
      make('/customers', { email: `person-${(people += 1)}-${Math.random()}@example.com`, name: 'Ada' }),
    stock: async (id: string): Promise<number> =>
      (await harness.send({ path: `/products/${id}` })).body.stock,
    order: (
      customerId: string,
      lines: readonly (readonly [productId: string, quantity: number])[],
      headers: Record<string, string> = {},
    ) =>
      post(
        '/orders',
        { customerId, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) },
        headers,
      ),
    move: (id: string, action: string, headers: Record<string, string> = {}) =>
      post(`/orders/${id}/${action}`, undefined, headers),
  };
};
