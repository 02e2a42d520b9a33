import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  inRequests,
  revealAnswerSchema,
  type RevealRequest,
  type Revealed,
} from '../../core/privacy/reveal.ts';
import { TOKENS } from '../../core/privacy/token.ts';
import type { ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { invokeFunction } from '../invoke.ts';
import type { Answer } from './athena.ts';

/** An answer in clear, and how many of its sealed values stay sealed. */
export interface RevealedAnswer {
  readonly answer: Answer;
  readonly refused: number;
}

const tokensIn = ({ rows }: Answer): string[] => [
  ...new Set(rows.flatMap((row) => row.flatMap((text) => text?.match(TOKENS) ?? []))),
];

const DENIED = new Set(['AccessDeniedException', 'AccessDenied']);

const explain = (error: unknown, functionName: string): unknown => {
  if (!(error instanceof Error)) return error;
  if (DENIED.has(error.name))
    return new UserError(
      `You may not reveal personal values: ${error.message}.`,
      `Whoever may invoke the function ${functionName} can. Ask for that right, or leave --reveal out and see tokens.`,
    );
  return error;
};

const invoke = async (
  client: LambdaClient,
  functionName: string,
  request: RevealRequest,
): Promise<readonly Revealed[]> =>
  revealAnswerSchema.parse(await invokeFunction(client, functionName, request)).revealed;

const textOf = (token: string, outcome: Revealed | undefined): string => {
  if (!outcome || 'refused' in outcome) return token;
  return typeof outcome.value === 'string' ? outcome.value : JSON.stringify(outcome.value);
};

/** The outcome of each token. Throws UserError for who may not see any. */
export const revealTokens = async (
  client: ClientConfig,
  functionName: string,
  tokens: readonly string[],
): Promise<Map<string, Revealed>> => {
  try {
    return await ask(client, functionName, tokens);
  } catch (error) {
    throw explain(error, functionName);
  }
};

const ask = async (
  client: ClientConfig,
  functionName: string,
  tokens: readonly string[],
): Promise<Map<string, Revealed>> => {
  const { Arn: caller = 'unknown' } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
  const lambda = new LambdaClient(client);
  const outcomes = new Map<string, Revealed>();
  for (const batch of inRequests(tokens)) {
    const revealed = await invoke(lambda, functionName, { tokens: batch, caller });
    for (const [index, token] of batch.entries()) outcomes.set(token, revealed[index] as Revealed);
  }
  return outcomes;
};

/**
 * Puts the values of sealed ones into an answer, as far as whoever asks may see them and they are still there. Throws UserError
 * for who may not.
 */
export const revealAnswer = async (
  client: ClientConfig,
  functionName: string,
  answer: Answer,
): Promise<RevealedAnswer> => {
  const tokens = tokensIn(answer);
  if (tokens.length === 0) return { answer, refused: 0 };
  const outcomes = await revealTokens(client, functionName, tokens);
  const rows = answer.rows.map((row) =>
    row.map((text) => text?.replaceAll(TOKENS, (token) => textOf(token, outcomes.get(token))) ?? null),
  );
  const refused = [...outcomes.values()].filter((outcome) => 'refused' in outcome).length;
  return { answer: { ...answer, rows }, refused };
};
