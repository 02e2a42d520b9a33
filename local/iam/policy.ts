/** One statement of a policy document, in one shape. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly Matcher[];
  readonly resources: readonly Matcher[];
  /** True when the statement covers all but its actions (`NotAction`). */
  readonly notActions: boolean;
  readonly notResources: boolean;
}

type Matcher = (text: string) => boolean;

const asList = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];

const wildcard = (pattern: string, flags: string): Matcher => {
  if (!/[*?]/.test(pattern) && flags === '') return (text) => text === pattern;
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`);
  return (text) => expression.test(text);
};

const parseStatement = (raw: Readonly<Record<string, unknown>>): Statement => ({
  effect: raw.Effect === 'Deny' ? 'Deny' : 'Allow',
  actions: asList(raw.Action ?? raw.NotAction).map((pattern) => wildcard(pattern, 'i')),
  resources: asList(raw.Resource ?? raw.NotResource).map((pattern) => wildcard(pattern, '')),
  notActions: raw.NotAction !== undefined,
  notResources: raw.NotResource !== undefined,
});

/**
 * The statements of a policy document. Throws Error for a statement with a condition:
 * what it would allow on AWS cannot be told here.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export const parsePolicy = (document: { readonly Statement?: unknown }): Statement[] => {
  const statements = (
    Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  ) as Record<string, unknown>[];
  const conditional = statements.find((statement) => statement.Condition !== undefined);
  if (conditional)
    throw new Error(
      `The local cloud does not evaluate policy conditions: ${JSON.stringify(conditional.Condition)}`,
    );
  return statements.map(parseStatement);
};

const covers = (statement: Statement, action: string, resource: string): boolean =>
  statement.actions.some((matches) => matches(action)) !== statement.notActions &&
  statement.resources.some((matches) => matches(resource)) !== statement.notResources;

/**
 * Whether statements allow an action on a resource: one allows it, and none denies it.
 *
 * @example
 * isAllowed(parsePolicy(document), 'dynamodb:GetItem', tableArn)
 */
export const isAllowed = (statements: readonly Statement[], action: string, resource: string): boolean => {
  const covering = statements.filter((statement) => covers(statement, action, resource));
  return (
    covering.some(({ effect }) => effect === 'Allow') && covering.every(({ effect }) => effect === 'Allow')
  );
};
