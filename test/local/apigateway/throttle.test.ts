import { describe, expect, it } from 'vitest';
import { throttleOf } from '../../../local/apigateway/throttle.ts';
import { prepare } from './api.ts';

const limits = (rate: number, burst: number) => ({
  ThrottlingRateLimit: rate,
  ThrottlingBurstLimit: burst,
});

const passing = (passes: (key: string) => boolean, key: string, count: number): number =>
  Array.from({ length: count }, () => passes(key)).filter(Boolean).length;

describe('the throttling of a stage', () => {
  it('lets a burst pass, and then as many as the rate refills', () => {
    let time = 0;
    const passes = throttleOf({ DefaultRouteSettings: limits(10, 5) }, () => time);

    expect(passing(passes, 'GET /a', 20)).toBe(5);
    time += 250;
    expect(passing(passes, 'GET /a', 20)).toBe(2);
    time += 60_000;
    expect(passing(passes, 'GET /a', 20)).toBe(5);
  });

  it('is of each route by itself, with its own limits or those of the stage', () => {
    const passes = throttleOf(
      { DefaultRouteSettings: limits(1, 3), RouteSettings: { 'POST /a': limits(1, 1) } },
      () => 0,
    );

    expect(['POST /a', 'GET /a', 'GET /b'].map((key) => passing(passes, key, 10))).toEqual([1, 3, 3]);
  });

  it('is none where none is set', () => {
    expect(passing(throttleOf({}), 'GET /a', 1000)).toBe(1000);
  });
});

it('a gateway answers 429 to what is too much', async () => {
  const { address } = await prepare({
    stageProperties: { DefaultRouteSettings: limits(0, 1) },
  });

  const [first, second] = [await fetch(`${address}/a`), await fetch(`${address}/a`)];

  expect([first.status, second.status]).toEqual([200, 429]);
  expect(await second.json()).toMatchObject({ message: 'Too Many Requests', status: 429 });
});
