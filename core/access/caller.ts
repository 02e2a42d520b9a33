/** Who calls, as the token says. */
export interface Caller {
  /** The subject of the token. */
  readonly subject: string;
  /** False for a machine, whose subject is its client id: machines own nothing. */
  readonly isPerson: boolean;
  readonly groups: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
}

const textOf = (claim: unknown): string => (typeof claim === 'string' ? claim : '');

const words = (text: string): string[] => text.match(/\S+/g) ?? [];

const isBracketed = (text: string): boolean => text.startsWith('[') && text.endsWith(']');

/** API Gateway hands a list of a token on as the text `[a b]`. */
const listOf = (claim: unknown): string[] => {
  if (Array.isArray(claim)) return claim.map(textOf);
  const text = textOf(claim);
  return words(isBracketed(text) ? text.slice(1, -1) : text);
};

/**
 * Reads the claims of an access token, as a JWT authorizer of API Gateway hands them on. Undefined without a subject.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 *
 * @example
 * callerOf({ sub: 'u1', 'cognito:groups': '[customer staff]', scope: 'openid' })?.groups.has('staff') // true
 */
export const callerOf = (claims: Readonly<Record<string, unknown>>): Caller | undefined => {
  const subject = textOf(claims.sub);
  if (subject === '') return undefined;
  return {
    subject,
    isPerson: subject !== claims.client_id,
    groups: new Set(listOf(claims['cognito:groups'])),
    scopes: new Set(words(textOf(claims.scope))),
  };
};
