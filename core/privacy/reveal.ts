import * as z from 'zod';

/** Most tokens of one request. */
export const MOST_TOKENS = 500;

/** Most characters of all tokens of one request: the payload of an invocation is limited. */
export const MOST_CHARACTERS = 2_000_000;

/** What the function that reveals is asked. */
export const revealRequestSchema = z.strictObject({
  tokens: z.array(z.string()).min(1).max(MOST_TOKENS),
  /** Who asks, as they say: for the log. What CloudTrail has of the invocation is the proof. */
  caller: z.string().min(1).max(2048),
});

export type RevealRequest = z.infer<typeof revealRequestSchema>;

/** What a token was: its value, or why that is not told. */
export type Revealed =
  | { readonly value: unknown }
  /** The person was erased, nobody has the key, or it is no token as it was made. */
  | { readonly refused: 'erased' | 'unknown' | 'broken' };

const revealedSchema: z.ZodType<Revealed> = z.union([
  z.strictObject({ refused: z.enum(['erased', 'unknown', 'broken']) }),
  z.strictObject({ value: z.unknown() }),
]);

/** What the function answers, in the order of the tokens. */
export const revealAnswerSchema = z.strictObject({ revealed: z.array(revealedSchema) });

/** Tokens in requests of a size that the function takes. */
export const inRequests = (tokens: readonly string[]): string[][] => {
  const requests: string[][] = [];
  let characters = 0;
  for (const token of tokens) {
    const current = requests.at(-1);
    if (!current || current.length === MOST_TOKENS || characters + token.length > MOST_CHARACTERS) {
      requests.push([token]);
      characters = token.length;
    } else {
      current.push(token);
      characters += token.length;
    }
  }
  return requests;
};
