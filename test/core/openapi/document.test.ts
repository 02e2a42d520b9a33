import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { FIXED_ROUTES, entityRoutes } from '../../../core/http/routes.ts';
import { PROBLEMS } from '../../../core/http/problem.ts';
import { entity, id, z } from '../../../core/schema/index.ts';
import { openApi } from '../../../core/openapi/document.ts';
import { schemas } from '../../../schemas/index.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads into the document wherever it wants
const document: any = openApi(schemas, { title: 'Store', version: '1.2.3' });
const component = (name: string) => document.components.schemas[name];

describe('openApi', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));

    expect(result).toMatchObject({ valid: true });
  });

  it('describes every route, each under its own operation id', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations as object).map(({ operationId }) => operationId),
    );

    const expected = [...entityRoutes(schemas), ...FIXED_ROUTES].flatMap(({ method, path }) =>
      method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`],
    );
    expect(described.toSorted()).toEqual([...expected, 'POST /events'].toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers whole records and takes no read-only field', () => {
    expect(component('Order').required).toEqual(
      expect.arrayContaining(['id', 'total', 'version', 'createdAt']),
    );
    expect(Object.keys(component('OrderCreate').properties)).toEqual(['customerId', 'lines', 'note']);
    expect(Object.keys(component('OrderCreate').properties.lines.items.properties)).toEqual([
      'productId',
      'quantity',
    ]);
  });

  it('lets an owner leave out who they are, and nobody else', () => {
    expect(component('OrderCreate').required).toEqual(['lines']);
    expect(component('OrderCreate').properties.customerId.description).toMatch(/subject of your token/);
    expect(component('ProductCreate').required).toEqual(['name', 'category', 'price', 'stock']);
  });

  it('says who sees and sets a field that is not for everybody, which may be missing from a record', () => {
    const note = entity({
      name: 'note',
      description: 'x',
      fields: { text: z.string().min(1), grade: z.string().meta({ description: 'How good' }) },
      access: {
        read: ['authenticated'],
        fields: { grade: { read: ['group:staff'], write: ['group:staff'] } },
      },
    });
    const { Note, NoteCreate, NotePatch } = openApi([note], { title: 'Store', version: '1' }).components
      .schemas as Record<string, { required: string[]; properties: Record<string, { description: string }> }>;

    expect(Note?.required).not.toContain('grade');
    expect(Note?.required).toContain('text');
    expect(NoteCreate?.required).toContain('grade');
    for (const schema of [Note, NoteCreate, NotePatch])
      expect(schema?.properties.grade?.description).toBe('How good. Seen by group:staff. Set by group:staff');
  });

  it('has the problems an operation can have, each with an example', () => {
    const { responses } = document.paths['/orders/{id}/pay'].post;

    expect(Object.keys(responses)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(Object.keys(responses[409].content['application/problem+json'].examples)).toEqual([
      'illegal-move',
      'conflict',
      'out-of-stock',
    ]);
    expect(Object.keys(document.components.examples)).toEqual(Object.keys(PROBLEMS));
    expect(
      document.paths['/customers'].post.responses[409].content['application/problem+json'].examples,
    ).toHaveProperty('not-unique');
  });

  it('tells what the gateway answers from what the API answers', () => {
    const { unauthorized, unavailable } = document.components.responses;

    expect(Object.keys(unauthorized.content)).toEqual(['application/problem+json', 'application/json']);
    expect(unauthorized.content['application/json'].example).toEqual({ message: 'Unauthorized' });
    expect(unauthorized.headers).toHaveProperty('WWW-Authenticate');
    expect(unavailable.headers).toHaveProperty('Retry-After');
  });

  it('patches only what may change, with null for what is optional', () => {
    const { properties, required } = component('OrderPatch');

    expect(Object.keys(properties)).toEqual(['note']);
    expect(properties.note.anyOf[1]).toMatchObject({ type: 'null' });
    expect(required).toBeUndefined();
    expect(component('ProductPatch').properties.price.required).toBeUndefined();
    expect(JSON.stringify(component('ProductPatch'))).not.toContain('"default"');
  });

  it('says which event types there are, by their type', () => {
    expect(Object.keys(component('AnyEvent').discriminator.mapping)).toEqual([
      'cart_updated',
      'product_viewed',
    ]);
    expect(component('ProductViewedEvent').properties.type).toMatchObject({ const: 'product_viewed' });
    expect(component('Events').properties.events).toMatchObject({ minItems: 1, maxItems: 500 });
  });

  it('asks for a token, but for the document itself and the health', () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/health'].get.security).toEqual([]);
    expect(document.paths['/orders'].post.security).toEqual([
      { bearer: ['owner'] },
      { bearer: ['group:staff'] },
    ]);
    expect(document.paths['/orders'].post.responses).toHaveProperty('403');
    expect(document.paths['/orders/{id}'].get.responses).toHaveProperty('404');
    expect(document.paths['/events'].post.security).toEqual([{ bearer: [] }]);
  });

  it('never calls a route public that nobody may use', () => {
    const secret = entity({ name: 'secret', description: 'x', fields: {}, access: { delete: [] } });
    const { paths } = openApi([secret], { title: 'Store', version: '1' });

    expect(paths['/secrets/{id}']).toMatchObject({ delete: { security: [{ bearer: ['nobody'] }] } });
  });

  it('lists by the fields of the key and the indexes', () => {
    const names = document.paths['/orders'].get.parameters.map(({ name }: { name: string }) => name);

    expect(names).toEqual([
      'id',
      'customerId',
      'placedAt',
      'status',
      'placedAt[gte]',
      'placedAt[gt]',
      'placedAt[lte]',
      'placedAt[lt]',
      'placedAt[prefix]',
      'limit',
      'order',
      'cursor',
      'fields',
    ]);
  });

  it('says what a delete takes along, and what refuses it', () => {
    const refersTo = (name: string, field: string, other: string, onDelete: 'cascade' | 'refuse') =>
      entity({
        name,
        description: 'x',
        fields: { [field]: id() },
        indexes: { byOther: [field] },
        references: { [field]: { entity: other, onDelete } },
      });
    const board = entity({ name: 'board', description: 'x', fields: {} });
    const post = refersTo('post', 'boardId', 'board', 'cascade');
    const reply = refersTo('reply', 'postId', 'post', 'cascade');
    const report = refersTo('report', 'replyId', 'reply', 'refuse');
    const { paths } = openApi([board, post, reply, report], { title: 'Forum', version: '1' });

    expect(paths['/boards/{id}']).toMatchObject({
      delete: {
        description:
          'Takes along what refers to it, at once or in turn: posts, replys. Refused while others refer to what would go: reports.',
      },
    });
    expect(paths['/reports/{id}']).not.toHaveProperty('delete.description');
    expect(document.paths['/customers/{id}'].delete.description).toBe(
      'Refused while others refer to what would go: orders.',
    );
  });

  it('reads one record by its key, or the fields of it that are asked for', () => {
    const { parameters, responses } = document.paths['/orders/{id}'].get;

    expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['id', 'fields', 'If-None-Match']);
    expect(parameters[1]).toMatchObject({ in: 'query', style: 'form', explode: false });
    expect(parameters[1].schema.items.enum).toContain('placedAt');
    expect(responses).toHaveProperty('400');
  });

  it('asks for a version, and for a key of repetition, wherever they count', () => {
    const asked = (method: string, path: string) =>
      document.paths[path][method].parameters.flatMap((one: { in: string; name: string }) =>
        one.in === 'header' ? [one.name] : [],
      );

    expect(asked('get', '/orders/{id}')).toEqual(['If-None-Match']);
    expect(asked('patch', '/orders/{id}')).toEqual(['If-Match']);
    expect(asked('delete', '/orders/{id}')).toEqual(['If-Match']);
    expect(asked('post', '/orders')).toEqual(['Idempotency-Key']);
    expect(asked('post', '/orders/{id}/pay')).toEqual(['If-Match', 'Idempotency-Key']);
  });

  it('keeps no word of ours that JSON Schema does not know', () => {
    expect(JSON.stringify(document)).not.toMatch(/"(kind|digits|personal|immutable|unit)":/);
  });
});
