import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { inRequests, MOST_TOKENS, type Revealed } from '../../../core/privacy/reveal.ts';
import { seal } from '../../../core/privacy/seal.ts';
import type { SubjectKey } from '../../../core/privacy/subject-key.ts';
import { dynamoKeyStore } from '../../../functions/shared/subject-keys/key-store.ts';
import { subjectKeys } from '../../../functions/shared/subject-keys/subject-keys.ts';
import { startKeyTable } from '../shared/subject-keys/table.ts';

const TABLE = 'tailrace-dev-subject-keys';

let table: Awaited<ReturnType<typeof startKeyTable>>;
let handler: (event: unknown, context: Context) => Promise<{ revealed: readonly Revealed[] }>;

beforeAll(async () => {
  table = await startKeyTable(TABLE);
  for (const [name, value] of Object.entries({
    POWERTOOLS_DEV: 'true',
    TAILRACE_STAGE: 'dev',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: table.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }))
    vi.stubEnv(name, value);
  ({ handler } = await import('../../../functions/reveal/handler.ts'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await table.close();
});

afterEach(() => void vi.restoreAllMocks());

const tokenOf = async (subject: string, value: unknown): Promise<string> => {
  const keys = await subjectKeys(dynamoKeyStore(table.client, TABLE))(new Set([subject]));
  return JSON.parse(
    seal(keys.get(subject) as SubjectKey, 'x', Buffer.from(JSON.stringify(value))).toString(),
  ) as string;
};

/** Asks the function, and takes down what it logs. */
const reveal = async (tokens: unknown, more: object = {}) => {
  const log: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => void log.push(said.join(' ')));
  const answer = await handler({ tokens, caller: 'arn:aws:iam::123456789012:user/ann', ...more }, {
    awsRequestId: 'request-1',
  } as Context).catch((error: Error) => error);
  return { answer, log };
};

describe('the function that reveals', () => {
  test('gives each token its value, in their order, of several subjects at once', async () => {
    const tokens = await Promise.all([tokenOf('r1', 'Zoë'), tokenOf('r2', [1, 'b']), tokenOf('r1', true)]);

    const { answer } = await reveal([...tokens, tokens[0]]);

    expect(answer).toEqual({ revealed: ['Zoë', [1, 'b'], true, 'Zoë'].map((value) => ({ value })) });
  });

  test('says of each that it cannot why, and still gives the others', async () => {
    const [kept, erased] = [await tokenOf('r3', 'here'), await tokenOf('r4', 'gone')];
    await table.erase('r4');

    const { answer } = await reveal([
      erased,
      kept,
      `${kept.slice(0, -1)}${kept.endsWith('A') ? 'E' : 'A'}`,
      'ann@example.com',
      kept.replace('cjM', 'cjg'),
    ]);

    expect(answer).toEqual({
      revealed: [
        { refused: 'erased' },
        { value: 'here' },
        { refused: 'broken' },
        { refused: 'broken' },
        { refused: 'unknown' },
      ],
    });
  });

  test('makes no key for a subject that has none', async () => {
    await reveal([`sealed:v1:cjk:${'A'.repeat(80)}`]);

    const found = await dynamoKeyStore(table.client, TABLE).read(['r9']);
    expect(found.size).toBe(0);
  });

  test('logs who asked and how many, and no token and no value', async () => {
    const token = await tokenOf('r5', 'planted value');

    const { log } = await reveal([token, 'planted token']);

    expect(log).toHaveLength(1);
    expect(JSON.parse(log[0] ?? '')).toMatchObject({
      message: 'revealed',
      requestId: 'request-1',
      caller: 'arn:aws:iam::123456789012:user/ann',
      asked: 2,
      revealed: 1,
      broken: 1,
    });
    expect(log.join()).not.toMatch(/planted|sealed:v1/);
  });

  test.each<[string, unknown, object]>([
    ['no tokens', [], {}],
    ['too many', Array.from({ length: MOST_TOKENS + 1 }, () => 'planted'), {}],
    ['no list', 'planted', {}],
    ['nobody who asks', ['planted'], { caller: '' }],
    ['something else', ['planted'], { planted: 1 }],
  ])('refuses a request with %s, and does not repeat it', async (_, tokens, more) => {
    const { answer, log } = await reveal(tokens, more);

    expect(answer).toMatchObject({ name: 'BadRequest', message: expect.stringContaining('Send {') });
    expect(String((answer as Error).stack) + log.join()).not.toContain('planted');
  });
});

test('many tokens go in requests that the function takes', () => {
  const tokens = Array.from({ length: 1234 }, (_, index) => `t${index}`);
  const large = Array.from({ length: 5 }, () => 'x'.repeat(900_000));

  expect(inRequests(tokens).map(({ length }) => length)).toEqual([500, 500, 234]);
  expect(inRequests(tokens).flat()).toEqual(tokens);
  expect(inRequests(large).map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(inRequests([])).toEqual([]);
});
