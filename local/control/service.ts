import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { parseFaultPlan, WrongFaultPlan, type FaultPlan } from '../faults/plan.ts';
import type { FaultReport } from '../faults/faults.ts';
import { AwsError, type Answer, type Call, type Service } from '../service.ts';

/** What a flush waited for: rows by delivery stream. */
export interface Flushed {
  readonly rows: number;
  readonly objects: number;
  readonly streams: Readonly<Record<string, number>>;
}

/** What the command line may ask of a running local cloud. */
export interface Controls {
  status(): object;
  flush(): Promise<Flushed>;
  token(claims: TokenClaims): Promise<string>;
  /** What the faults have done so far. */
  faults(): FaultReport;
  /** Lets calls suffer these faults from now on, instead of those before; an empty plan ends them. */
  setFaults(plan: FaultPlan): void;
}

const expiresIn = z.int().min(-86_400).max(86_400).optional();

const tokenClaims = z.union([
  z.strictObject({
    sub: z.string().min(1).max(128),
    groups: z.array(z.string().regex(/^\S{1,128}$/)).max(20),
    expiresIn,
  }),
  z.strictObject({ machine: z.literal(true), scope: z.string().max(2000), expiresIn }),
]);

/** Whose token: a person's subject and groups, or a machine's scopes; and seconds until it expires. */
export type TokenClaims = z.infer<typeof tokenClaims>;

/** Paths below this belong to the local cloud itself: no bucket may begin with an underscore. */
export const CONTROL_PATH = '/_tailrace/';

const json = (value: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** A page of some website may post to this machine, but not with this content type unless it is let. */
const refuseForeign = (call: Call): void => {
  if (call.method === 'POST' && call.headers['content-type'] !== 'application/json')
    throw new AwsError('UnsupportedMediaType', 'Send application/json.', 415);
};

const parseClaims = (body: string): TokenClaims => {
  const { data, error } = tokenClaims.safeParse(JSON.parse(body));
  if (data) return data;
  throw new AwsError(
    'ValidationException',
    error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
};

const parsePlan = (body: string): FaultPlan => {
  try {
    return parseFaultPlan(body);
  } catch (error) {
    throw error instanceof WrongFaultPlan ? new AwsError('ValidationException', error.message) : error;
  }
};

const routes: Readonly<Record<string, (controls: Controls, call: Call) => Promise<unknown>>> = {
  'GET status': async (controls) => controls.status(),
  'GET faults': async (controls) => controls.faults(),
  'POST faults': async (controls, call) => {
    controls.setFaults(parsePlan(await text(call.body)));
    return controls.faults();
  },
  'POST flush': (controls) => controls.flush(),
  'POST token': async (controls, call) => ({
    token: await controls.token(parseClaims(await text(call.body))),
  }),
};

/** Answers the command line: how the cloud is, flush it, make a token, let it suffer faults. */
export const startControl = (controls: Controls): Service => ({
  name: 'tailrace',
  handle: async (call) => {
    refuseForeign(call);
    const name = `${call.method} ${call.url.pathname.slice(CONTROL_PATH.length)}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (!route)
      throw new AwsError('UnknownOperationException', `The local cloud has no control "${name}".`, 404);
    return json(await route(controls, call));
  },
  close: async () => {},
});
