import { checkDefinition, type CheckTask } from './check.ts';
import { problemsOf, type Problem } from './issues.ts';
import { machineDefinition, type MachineDefinition } from './schema.ts';

/** A definition the local cloud does not run, with every reason. */
export class RefusedDefinition extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      problems
        .map(({ state, message }) => (state === undefined ? message : `state "${state}": ${message}`))
        .join('\n'),
    );
    this.problems = problems;
  }
}

/**
 * Reads a definition in the Amazon States Language. Throws RefusedDefinition when AWS would not take it, and when it
 * has what the local cloud does not run.
 *
 * @example
 * readDefinition({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } }, checkTask);
 */
export const readDefinition = (definition: unknown, check: CheckTask): MachineDefinition => {
  const parsed = machineDefinition.safeParse(definition);
  if (!parsed.success) throw new RefusedDefinition(problemsOf(parsed.error));
  const problems = checkDefinition(parsed.data, check);
  if (problems.length > 0) throw new RefusedDefinition(problems);
  return parsed.data;
};
