import type { Resource } from '../service.ts';
import { identities } from './identity/index.ts';
import { idOf, type Birth, type Identity } from './identity/types.ts';
import { resolve, resolveCondition, type Scope } from './intrinsics.ts';
import type { Assembly, Stack, TemplateResource } from './read.ts';

/** What was deployed: every resource with nothing left to resolve, and the outputs of each stack. */
export interface Deployment {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Resources of types the local cloud does not know, which it leaves out. */
  readonly unknown: readonly { stack: string; logicalId: string; type: string }[];
}

export interface Place {
  readonly region: string;
  readonly account: string;
}

const missing = (what: string, stack: Stack): Error =>
  new Error(`${stack.name}: the template refers to ${what}, which it does not have.`);

const pseudoParameters = (stack: Stack, { region, account }: Place): Readonly<Record<string, string>> => ({
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stack.name,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stack.name}/local`,
});

/** Resolves names within and across stacks; every identity is made once. */
const createScopes = (stacks: readonly Stack[], place: Place): ((stack: Stack) => Scope) => {
  const made = new Map<string, Identity>();

  const identityOf = (stack: Stack, logicalId: string): Identity => {
    const key = `${stack.name}/${logicalId}`;
    const known = made.get(key) ?? identify(stack, logicalId);
    made.set(key, known);
    return known;
  };

  const identify = (stack: Stack, logicalId: string): Identity => {
    const resource = stack.template.Resources[logicalId];
    if (!resource) throw missing(`the resource ${logicalId}`, stack);
    const birth = birthOf(stack, logicalId, resource);
    return identities[resource.Type]?.(birth) ?? { ref: idOf(birth), attributes: {} };
  };

  const birthOf = (stack: Stack, logicalId: string, resource: TemplateResource): Birth => ({
    stack: stack.name,
    logicalId,
    ...place,
    property: (name) => resolve(resource.Properties?.[name], scopeOf(stack)),
  });

  const refOf = (stack: Stack, name: string): unknown => {
    if (name === 'AWS::NoValue') return undefined;
    const parameter = stack.template.Parameters?.[name];
    return (
      pseudoParameters(stack, place)[name] ?? (parameter ? parameter.Default : identityOf(stack, name).ref)
    );
  };

  const attributeOf = (stack: Stack, logicalId: string, name: string): string => {
    const type = stack.template.Resources[logicalId]?.Type ?? '';
    const value = identityOf(stack, logicalId).attributes[name];
    if (value !== undefined) return value;
    if (!identities[type] || type.startsWith('Custom::')) return `unknown:${logicalId}.${name}`;
    throw missing(`the attribute ${name} of ${logicalId} (${type})`, stack);
  };

  const importValue = (name: string): unknown => {
    for (const stack of stacks)
      for (const output of Object.values(stack.template.Outputs ?? {}))
        if (output.Export && resolve(output.Export.Name, scopeOf(stack)) === name)
          return resolve(output.Value, scopeOf(stack));
    throw new Error(`No stack exports "${name}".`);
  };

  const scopeOf = (stack: Stack): Scope => ({
    ref: (name) => refOf(stack, name),
    attribute: (logicalId, name) => attributeOf(stack, logicalId, name),
    importValue,
    mapping: (map, key, second) => stack.template.Mappings?.[map]?.[key]?.[second],
    condition: (name) => resolveCondition(stack.template.Conditions?.[name], scopeOf(stack)),
  });
  return scopeOf;
};

const isWanted = ({ Condition }: TemplateResource, scope: Scope): boolean =>
  !Condition || scope.condition(Condition);

interface Placed {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** Where a function's code lies: the synthesized metadata has it, else the asset manifest by the code's key. */
const metadataOf = (
  { Metadata = {} }: TemplateResource,
  properties: Record<string, unknown>,
  assets: Assembly['assets'],
) => {
  const path = assets[(properties.Code as { S3Key?: string } | undefined)?.S3Key ?? ''];
  return path === undefined ? Metadata : { 'aws:asset:path': path, ...Metadata };
};

const deployResource = (
  { stack, logicalId, resource }: Placed,
  scope: Scope,
  place: Place,
  assets: Assembly['assets'],
): Resource => {
  const properties = resolve(resource.Properties ?? {}, scope) as Record<string, unknown>;
  const birth: Birth = { stack: stack.name, logicalId, ...place, property: (name) => properties[name] };
  const identity = identities[resource.Type]?.(birth) ?? { ref: idOf(birth), attributes: {} };
  return {
    stack: stack.name,
    logicalId,
    type: resource.Type,
    properties,
    ...identity,
    metadata: metadataOf(resource, properties, assets),
  };
};

const outputsOf = (stack: Stack, scope: Scope): Record<string, string> =>
  Object.fromEntries(
    Object.entries(stack.template.Outputs ?? {}).map(([name, { Value }]) => [
      name,
      String(resolve(Value, scope)),
    ]),
  );

/**
 * Deploys stacks on paper: resolves what every resource is called and what it is told.
 * Throws Error that names the stack and what its template lacks.
 *
 * @example
 * const { resources } = deploy(readAssembly('cdk.out'), { region: 'us-east-1', account: '123456789012' });
 */
export const deploy = ({ stacks, assets }: Assembly, place: Place): Deployment => {
  const scopeOf = createScopes(stacks, place);
  const all: Placed[] = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, resource]) => isWanted(resource, scopeOf(stack)))
      .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
  const known = all.filter(({ resource }) => identities[resource.Type]);
  const unknown = all.filter(({ resource }) => !identities[resource.Type]);
  return {
    resources: known.map((placed) => deployResource(placed, scopeOf(placed.stack), place, assets)),
    outputs: Object.fromEntries(stacks.map((stack) => [stack.name, outputsOf(stack, scopeOf(stack))])),
    unknown: unknown.map(({ stack, logicalId, resource }) => ({
      stack: stack.name,
      logicalId,
      type: resource.Type,
    })),
  };
};
