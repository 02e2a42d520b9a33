import { bytes } from '../../cli/terminal.ts';
import { inMilliseconds, perSecond, times, verdict, type Row } from '../report.ts';
import type { FrameworkFigures, FrameworksFigures } from './frameworks.ts';
import type { LoadFigures } from './load.ts';
import type { RoutesFigures } from './routes.ts';
import type { ColdStartFigures } from './start.ts';

/** What a route through the handler may take of the time its calls to DynamoDB take alone. */
const BARE = { atMost: 1.3, unit: '×' } as const;
/** Others are not to be faster. */
const PEER = { atMost: 1, unit: '×' } as const;

export const routesRows = ({ routes }: RoutesFigures): Row[] =>
  routes.map(({ name, handlerP50, bareP50, ratio }) => ({
    measure: `${name}: p50 to DynamoDB alone`,
    ours: inMilliseconds(handlerP50),
    peer: inMilliseconds(bareP50),
    ratio: times(ratio),
    goal: verdict(ratio, BARE),
  }));

const PEER_NAMES = {
  powertools: 'the router of Powertools',
  hono: 'Hono and zod-openapi',
  bare: 'the SDK alone',
} as const;

const frameworkRows = (name: string, { p50, peers }: FrameworkFigures): Row[] =>
  peers.map(({ peer, p50: theirs, ratio }) => ({
    measure: `${name}: p50 to ${PEER_NAMES[peer]}`,
    ours: inMilliseconds(p50),
    peer: inMilliseconds(theirs),
    ratio: times(ratio),
    goal: verdict(ratio, peer === 'bare' ? BARE : PEER),
  }));

export const frameworksRows = ({ get, post }: FrameworksFigures): Row[] => [
  ...frameworkRows('GET of a customer', get),
  ...frameworkRows('POST of a customer', post),
];

export const loadRows = ({ rows }: LoadFigures): Row[] =>
  rows.flatMap(({ kind, concurrency, perSecond: ours, barePerSecond, ratio, p99, bareP99 }) => [
    {
      measure: `${kind} of a customer, ${concurrency} at once: rate to the SDK alone`,
      ours: perSecond(ours),
      peer: perSecond(barePerSecond),
      ratio: times(ratio),
    },
    {
      measure: `${kind} of a customer, ${concurrency} at once: p99`,
      ours: inMilliseconds(p99),
      peer: inMilliseconds(bareP99),
      ratio: times(p99 / bareP99),
    },
  ]);

const STARTERS = {
  ...PEER_NAMES,
  bare: 'a bare handler',
  bareLikeApi: 'a bare handler built as ours',
} as const;

export const startRows = (figures: ColdStartFigures): Row[] =>
  figures.peers.flatMap(({ name, bytes: theirBytes, milliseconds, ratioBytes, ratio }) => {
    const goal = name.startsWith('bare') ? BARE : PEER;
    return [
      {
        measure: `size of the bundle to ${STARTERS[name]}`,
        ours: bytes(figures.bytes),
        peer: bytes(theirBytes),
        ratio: times(ratioBytes),
        goal: verdict(ratioBytes, goal),
      },
      {
        measure: `processor time to load it to ${STARTERS[name]}`,
        ours: inMilliseconds(figures.milliseconds),
        peer: inMilliseconds(milliseconds),
        ratio: times(ratio),
        goal: verdict(ratio, goal),
      },
    ];
  });
