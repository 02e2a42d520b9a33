import { medianRatio, percentile } from '../statistics.ts';
import type { Peer } from './builds.ts';
import type { FrameworksJob, FrameworksResult, Turns } from './frameworks-calls.ts';
import { startGround } from './ground.ts';

/** One kind of call through one peer. */
export interface PeerFigures {
  readonly peer: Peer;
  readonly p50: number;
  /** Of our time to that of the peer: median over calls made beside each other. */
  readonly ratio: number;
}

export interface FrameworkFigures {
  readonly p50: number;
  readonly peers: readonly PeerFigures[];
}

export interface FrameworksFigures {
  readonly calls: number;
  readonly get: FrameworkFigures;
  readonly post: FrameworkFigures;
}

const WARM_UP = 400;
const CALLS = 700;
const PEERS = ['powertools', 'hono', 'bare'] as const;

const figuresOf = ({ tailrace = [], ...peers }: Turns): FrameworkFigures => ({
  p50: percentile(tailrace, 0.5),
  peers: PEERS.map((peer) => {
    const times = peers[peer] ?? [];
    return { peer, p50: percentile(times, 0.5), ratio: medianRatio(tailrace, times) };
  }),
});

/**
 * Times GET and POST of a customer through the api function against the same written with the router of Powertools,
 * with Hono and zod-openapi, and with the SDK alone: same schema, same calls to DynamoDB, and but for the last the same
 * access and logs. Turn about, in one process on one DynamoDB engine.
 *
 * @example
 * const { get } = await benchFrameworks();
 */
export const benchFrameworks = async (): Promise<FrameworksFigures> => {
  await using ground = await startGround();
  const peers: [Peer, string][] = await Promise.all(
    PEERS.map(async (peer): Promise<[Peer, string]> => [peer, await ground.peer(peer)]),
  );
  const bundles = { tailrace: ground.api, ...Object.fromEntries(peers) };
  const job: FrameworksJob = { bundles, warmUp: WARM_UP, calls: CALLS };
  const { get, post } = await ground.run<FrameworksResult>('frameworks-calls.ts', job);
  return { calls: CALLS, get: figuresOf(get), post: figuresOf(post) };
};
