/** GET and POST of a customer with Hono and zod-openapi, and Powertools' logger and metrics. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { customerBody, customerPath, customerRecord, isStaff } from './customers.ts';
import { createCustomer, readCustomer } from './table.ts';

const logger = new Logger({ serviceName: 'customers' });
const metrics = new Metrics({ namespace: 'Peers', serviceName: 'customers' });

type Environment = { Bindings: { event: LambdaEvent } };

const observe = createMiddleware<Environment>(async (c, next) => {
  const begin = performance.now();
  await next();
  const latencyMs = performance.now() - begin;
  const [{ method }, route, { status }] = [c.req, routePath(c, -1), c.res];
  const { requestId } = c.env.event.requestContext as { requestId: string };
  logger.info('request', { requestId, method, route, status, latencyMs });
  metrics.addDimension('route', `${method} ${route}`);
  metrics.addMetric('latency', 'Milliseconds', latencyMs);
  metrics.addMetric('fault', 'Count', status >= 500 ? 1 : 0);
  metrics.addMetric('error', 'Count', status >= 400 && status < 500 ? 1 : 0);
  metrics.publishStoredMetrics();
});

const problem = z.object({ message: z.string() });
const json = <S extends z.ZodType>(schema: S, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

const staffOnly = createMiddleware<Environment>(async (c, next) => {
  if (!isStaff(c.env.event)) return c.json({ message: 'The token does not allow this' }, 403);
  return next();
});

const app = new OpenAPIHono<Environment>();
app.use(observe);
app.use(staffOnly);

app.openapi(
  createRoute({
    method: 'get',
    path: '/customers/{id}',
    request: { params: customerPath },
    responses: { 200: json(customerRecord, 'The customer'), 404: json(problem, 'There is none') },
  }),
  async (c) => {
    const record = await readCustomer(c.req.valid('param').id);
    if (!record) return c.json({ message: 'There is no such customer' }, 404);
    return c.json(record, 200, { etag: `"${record.version}"` });
  },
);

app.openapi(
  createRoute({
    method: 'post',
    path: '/customers',
    request: { body: { content: { 'application/json': { schema: customerBody } }, required: true } },
    responses: { 201: json(customerRecord, 'The new customer'), 409: json(problem, 'The address is taken') },
  }),
  async (c) => {
    const record = await createCustomer(c.req.valid('json'));
    if (!record) return c.json({ message: 'Somebody has this address' }, 409);
    return c.json(record, 201, { etag: '"1"', location: `/customers/${record.id}` });
  },
);

app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Customers', version: '1.0.0' } });

export const handler = handle(app);
