import type * as z from 'zod';

type Variables = Readonly<Record<string, string | undefined>>;

/** A function was deployed with a missing or wrong variable. The message names each of them. */
export class EnvironmentError extends Error {
  constructor(problems: readonly string[]) {
    super(`The function cannot start: ${problems.join('; ')}. Set it in the function's environment.`);
    this.name = 'EnvironmentError';
  }
}

const problemOf = (issue: z.core.$ZodIssue, variables: Variables): string => {
  const name = issue.path.map(String).join('.');
  return variables[name] === undefined
    ? `the variable ${name} is missing`
    : `the variable ${name} is wrong (${issue.message})`;
};

/**
 * The variables a function needs, and no other. Throws EnvironmentError that names what is missing or wrong;
 * values are not repeated in it, as they may be secret.
 *
 * @example
 * const { TAILRACE_STAGE } = parseEnvironment(z.object({ TAILRACE_STAGE: z.string().regex(STAGE) }));
 */
export const parseEnvironment = <S extends z.ZodObject>(
  schema: S,
  variables: Variables = process.env,
): z.output<S> => {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  throw new EnvironmentError(result.error.issues.map((issue) => problemOf(issue, variables)));
};
