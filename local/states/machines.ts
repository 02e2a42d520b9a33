import * as z from 'zod';
import type { Principal } from '../iam/principals.ts';
import type { Cloud, Resource } from '../service.ts';
import { RefusedDefinition, readDefinition } from './definition/read.ts';
import type { MachineDefinition } from './definition/schema.ts';
import { taskProblem } from './tasks/index.ts';

/** A deployed state machine. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: MachineDefinition;
  /** The definition as JSON text, as it was given. */
  readonly source: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

const properties = z.looseObject({
  RoleArn: z.string(),
  StateMachineType: z
    .literal('STANDARD', { error: 'must be STANDARD: the local cloud runs no EXPRESS workflows' })
    .default('STANDARD'),
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionString: z.string().optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  DefinitionS3Location: z
    .undefined({ error: 'is not read by the local cloud: put the definition in the template' })
    .optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.coerce.string() })).default([]),
});

type Properties = z.infer<typeof properties>;

const substituted = ({ Definition, DefinitionString, DefinitionSubstitutions }: Properties): string => {
  const text = DefinitionString ?? JSON.stringify(Definition ?? {});
  return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) =>
    Object.hasOwn(DefinitionSubstitutions, name) ? String(DefinitionSubstitutions[name]) : whole,
  );
};

/** The rule by which Step Functions hears of the end of nested executions. */
const managedRule = ({ region, account }: Cloud): string =>
  `arn:aws:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;

/** AWS creates a machine that waits for nested executions only when its role may make the rule that tells of their end. */
const ruleProblem = (cloud: Cloud, source: string, principal: Principal): string | undefined => {
  if (!/states:::states:startExecution\.sync/.test(source)) return undefined;
  const actions = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];
  const missing = actions.find((action) => !principal.allows(action, managedRule(cloud)));
  return missing === undefined
    ? undefined
    : `its role needs ${missing} on ${managedRule(cloud)} to wait for nested executions`;
};

const parse = (source: string): unknown => {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new RefusedDefinition([{ message: `the definition is no JSON: ${(error as Error).message}` }]);
  }
};

const machineOf = (cloud: Cloud, resource: Resource, byRole: (roleArn: string) => Principal): Machine => {
  const parsed = properties.safeParse(resource.properties);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const source = substituted(parsed.data);
  const definition = readDefinition(parse(source), taskProblem);
  const problem = ruleProblem(cloud, source, byRole(parsed.data.RoleArn));
  if (problem !== undefined) throw new Error(problem);
  return {
    arn: resource.ref,
    name: resource.attributes['Name'] ?? resource.logicalId,
    roleArn: parsed.data.RoleArn,
    definition,
    source,
    tags: parsed.data.Tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
  };
};

/**
 * The state machines of the stacks. Throws Error that names machine, state and reason for the first the local cloud
 * does not run: what is started here must run on AWS too, and the other way round.
 */
export const readMachines = (
  cloud: Cloud,
  byRole: (roleArn: string) => Principal,
): ReadonlyMap<string, Machine> =>
  new Map(
    cloud.resources('AWS::StepFunctions::StateMachine').map((resource) => {
      try {
        return [resource.ref, machineOf(cloud, resource, byRole)] as const;
      } catch (error) {
        const where = `State machine ${resource.logicalId} of stack ${resource.stack}`;
        throw new Error(`${where} cannot run here:\n${(error as Error).message}`, { cause: error });
      }
    }),
  );
