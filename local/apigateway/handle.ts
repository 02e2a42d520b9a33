import { type Cloud, AwsError } from '../service.ts';
import type { Functions, InvokeResult } from '../lambda/functions.ts';
import { type HttpAnswer, functionAnswer } from './answer.ts';
import { type Jwks, authorize } from './authorize.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { proxyEvent } from './event.ts';
import { type Match, matchRoute } from './match.ts';
import type { HttpApi, Route } from './model.ts';
import { mayInvoke } from './permission.ts';
import { GatewayProblem, problemAnswer } from './problems.ts';
import type { HttpRequest } from './request.ts';

export interface Gateway {
  readonly cloud: Cloud;
  readonly api: HttpApi;
  readonly functions: Functions;
  readonly jwks: Jwks;
}

/** The answer to a request; `readBody` is called once route and token are found good, and may throw a problem. */
export const answerTo = async (
  gateway: Gateway,
  head: Omit<HttpRequest, 'body'>,
  readBody: () => Promise<Buffer>,
): Promise<HttpAnswer> => {
  const { cors } = gateway.api;
  const { origin } = head.headers;
  const match = findRoute(gateway.api, head);
  if (cors && !match && isPreflight(head.method, head.headers)) return preflightAnswer(cors, origin);
  const answer = await route(gateway, head, match, readBody).catch((error: unknown) =>
    problemAnswer(problemOf(gateway, error), head.id),
  );
  const answered = withCors(answer, cors, origin);
  return cors && isPreflight(head.method, head.headers)
    ? { ...answered, headers: { ...answered.headers, ...preflightAnswer(cors, origin).headers } }
    : answered;
};

const findRoute = ({ routes, stage }: HttpApi, { method, path }: Pick<HttpRequest, 'method' | 'path'>) => {
  if (stage === '$default') return matchRoute(routes, method, path);
  return path.startsWith(`/${stage}/`) ? matchRoute(routes, method, path.slice(stage.length + 1)) : undefined;
};

const problemOf = (gateway: Gateway, error: unknown): GatewayProblem => {
  if (error instanceof GatewayProblem) return error;
  gateway.cloud.log('error', 'apigateway', `The gateway failed: ${(error as Error).stack ?? String(error)}`);
  return new GatewayProblem(500, 'The local gateway failed. The terminal of the local cloud shows why.');
};

const route = async (
  gateway: Gateway,
  head: Omit<HttpRequest, 'body'>,
  match: Match | undefined,
  readBody: () => Promise<Buffer>,
): Promise<HttpAnswer> => {
  if (!match) throw new GatewayProblem(404, `No route of this API takes ${head.method} ${head.path}.`);
  const { cloud, api } = gateway;
  if (!api.throttle(match.route.key))
    throw new GatewayProblem(
      429,
      `More requests came for ${match.route.key} than its throttling lets pass. Try again.`,
    );
  const authorized = await authorize(head, match.route, gateway.jwks);
  const { region, account } = cloud;
  const request = { ...head, body: await readBody() };
  const event = proxyEvent(request, match, { apiId: api.id, account, region, stage: api.stage, authorized });
  return await integrate(gateway, match, event);
};

const integrate = async (
  gateway: Gateway,
  { route: matched }: Match,
  event: ReturnType<typeof proxyEvent>,
) => {
  const { integration } = matched;
  if ('unsupported' in integration) throw new GatewayProblem(501, integration.unsupported);
  checkPermission(gateway, matched, event.requestContext.http.method, integration.functionArn);
  const options = { source: 'apigateway', traceId: event.headers['x-amzn-trace-id'] };
  const invocation = gateway.functions.invoke(integration.functionArn, event, options);
  const result = await within(invocation.catch(notRun), integration.timeoutMs);
  if (result.functionError) throw functionFailed(result);
  try {
    return functionAnswer(result.payload);
  } catch (error) {
    const detail = `The function's response is not of payload format 2.0: ${(error as Error).message}`;
    gateway.cloud.log('error', 'apigateway', `${matched.key}: ${detail}`);
    throw new GatewayProblem(500, detail);
  }
};

const checkPermission = ({ cloud, api }: Gateway, matched: Route, method: string, functionArn: string) => {
  if (mayInvoke(cloud, api, matched, method, functionArn)) return;
  const detail = `API ${api.name} may not invoke ${functionArn} for ${matched.key}: no AWS::Lambda::Permission allows it.`;
  cloud.log('error', 'apigateway', detail);
  throw new GatewayProblem(500, detail);
};

const notRun = (error: unknown): never => {
  if (!(error instanceof AwsError)) throw error;
  if (error.status === 413)
    throw new GatewayProblem(413, `The event is too large for the function: ${error.message}`);
  if (error.status === 429)
    throw new GatewayProblem(503, `The function is throttled: ${error.message}. Try again.`);
  throw new GatewayProblem(500, `The function could not be run: ${error.message}`);
};

const functionFailed = ({ payload, requestId }: InvokeResult): GatewayProblem => {
  const { errorType, errorMessage } = payload as { errorType?: string; errorMessage?: string };
  return new GatewayProblem(
    500,
    `The function failed with ${errorType}: ${errorMessage} (invocation ${requestId})`,
  );
};

/** The function goes on when the gateway has given up on it, as on AWS. */
const within = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new GatewayProblem(503, `The function did not answer within ${ms / 1000} seconds.`));
    }, ms);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
};
