import { describe, expect, it } from 'vitest';
import { entityRoutes, recordPath, routes } from '../../../core/http/routes.ts';
import { entity, z } from '../../../core/schema/index.ts';
import { schemas } from '../../../schemas/index.ts';
import { order } from '../../../schemas/order.ts';

const text = z.string().min(1);
const seat = entity({
  name: 'cinema_seat',
  description: 'A chair in a cinema',
  key: ['hall', 'number'],
  fields: { hall: text, number: z.int() },
});

describe('routes', () => {
  it('are five for each entity and one for each action, each under one operation id', () => {
    expect(routes(order).map(({ method, path, operationId }) => `${method} ${path} ${operationId}`)).toEqual([
      'POST /orders createOrder',
      'GET /orders listOrders',
      'GET /orders/{id} readOrder',
      'PATCH /orders/{id} patchOrder',
      'DELETE /orders/{id} deleteOrder',
      'POST /orders/{id}/pay payOrder',
      'POST /orders/{id}/ship shipOrder',
      'POST /orders/{id}/deliver deliverOrder',
      'POST /orders/{id}/cancel cancelOrder',
    ]);
    expect(entityRoutes(schemas)).toHaveLength(19);
  });

  it('have a part of the path for each key field', () => {
    expect(routes(seat).at(-1)).toMatchObject({
      path: '/cinema_seats/{hall}/{number}',
      operationId: 'deleteCinemaSeat',
    });
    expect(recordPath(seat, { hall: 'a/b c', number: 7 })).toBe('/cinema_seats/a%2Fb%20c/7');
  });

  it('leave the parameters of every list to the API', () => {
    const limited = entity({
      name: 'thing',
      description: 'A thing',
      fields: { limit: z.int() },
      indexes: { byLimit: ['limit'] },
    });

    expect(() => routes(limited)).toThrow('thing.limit: "limit" is a parameter of every list');
  });

  it.each(['events', 'health', 'insights'])('leave the path /%s to the API', (plural) => {
    const taken = entity({ name: 'thing', plural, description: 'A thing', fields: { name: text } });

    expect(() => routes(taken)).toThrow(
      `thing.plural: the path /${plural} belongs to the API itself. Set another plural.`,
    );
  });
});
