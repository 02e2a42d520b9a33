/** GET and POST of a customer with the router of Powertools, its validation, its logger and its metrics. */
import { ForbiddenError, NotFoundError, Router } from '@aws-lambda-powertools/event-handler/http';
import { metrics as metricsMiddleware } from '@aws-lambda-powertools/event-handler/http/middleware/metrics';
import type { Middleware } from '@aws-lambda-powertools/event-handler/types';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { customerBody, customerPath, isStaff } from './customers.ts';
import { createCustomer, readCustomer } from './table.ts';

const logger = new Logger({ serviceName: 'customers' });
const metrics = new Metrics({ namespace: 'Peers', serviceName: 'customers' });
const app = new Router({ logger });

const log: Middleware = async ({ reqCtx, next }) => {
  const begin = performance.now();
  await next();
  const { requestId } = reqCtx.event.requestContext as { requestId: string };
  logger.info('request', {
    requestId,
    method: reqCtx.req.method,
    route: reqCtx.route,
    status: reqCtx.res.status,
    latencyMs: performance.now() - begin,
  });
};

const staffOnly: Middleware = async ({ reqCtx, next }) => {
  if (!isStaff(reqCtx.event)) throw new ForbiddenError('The token does not allow this');
  await next();
};

app.use(metricsMiddleware(metrics));
app.use(log);
app.use(staffOnly);

app.get(
  '/customers/:id',
  async ({ valid }) => {
    const record = await readCustomer(valid.req.path.id);
    if (!record) throw new NotFoundError('There is no such customer');
    return { statusCode: 200, body: record, headers: { etag: `"${record.version}"` } };
  },
  { validation: { req: { path: customerPath } } },
);

app.post(
  '/customers',
  async ({ valid }) => {
    const record = await createCustomer(valid.req.body);
    if (!record) return { statusCode: 409, body: { message: 'Somebody has this address' } };
    const headers = { etag: '"1"', location: `/customers/${record.id}` };
    return { statusCode: 201, body: record, headers };
  },
  { validation: { req: { body: customerBody } } },
);

export const handler = async (event: unknown, context: Context) => app.resolve(event, context);
