import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { Cloud, Resource } from '../service.ts';

/** An `AWS::Lambda::Function` as the template describes it, with defaults applied. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** Such as `index.handler`: module path without extension, then the export. */
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  /** Absolute path of the folder that holds the bundle. */
  readonly codeDir: string;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  /** `ReservedConcurrentExecutions`; undefined where the function draws on the account's limit. */
  readonly reserved: number | undefined;
  readonly resource: Resource;
}

const propertiesSchema = z.object({
  Handler: z.string().regex(/^.+\.[^.]+$/, 'must be "module.export", such as "index.handler"'),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'must be a Node.js runtime: the local cloud runs no other'),
  Timeout: z.coerce.number().int().min(1).max(900).default(3),
  MemorySize: z.coerce.number().int().min(128).max(32_768).default(128),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  Role: z.string().default(''),
  ReservedConcurrentExecutions: z.coerce.number().int().min(0).optional(),
  LoggingConfig: z
    .object({ LogGroup: z.string().optional(), LogFormat: z.enum(['Text', 'JSON']).default('Text') })
    .default({ LogFormat: 'Text' }),
});

/** Settings of a function that change what it can reach or what becomes of its events, and that have no effect here. */
const WITHOUT_EFFECT = ['DeadLetterConfig', 'FileSystemConfigs', 'Layers', 'SnapStart', 'VpcConfig'];

/** Which settings of a function have no effect here. */
export const settingsWithoutEffect = ({ properties }: Resource): string[] =>
  WITHOUT_EFFECT.filter((name) => properties[name] !== undefined);

/**
 * Reads a function resource; throws when the local cloud cannot run it, saying what to change.
 * Defaults and ranges: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html
 */
export const functionConfig = (cloud: Cloud, resource: Resource): FunctionConfig => {
  const parsed = propertiesSchema.safeParse(resource.properties);
  if (!parsed.success)
    throw new Error(`${where(resource)} cannot run here: ${z.prettifyError(parsed.error)}`);
  const properties = parsed.data;
  const name = resource.ref;
  return {
    name,
    arn: resource.attributes['Arn'] ?? `arn:aws:lambda:${cloud.region}:${cloud.account}:function:${name}`,
    handler: properties.Handler,
    runtime: properties.Runtime,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    environment: properties.Environment.Variables,
    role: properties.Role,
    codeDir: codeDir(cloud, resource),
    logGroup: properties.LoggingConfig.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: properties.LoggingConfig.LogFormat,
    reserved: properties.ReservedConcurrentExecutions,
    resource,
  };
};

/** The function name in a name, a partial ARN or an ARN, without its version or alias. */
export const functionName = (nameOrArn: string): string => {
  const parts = nameOrArn.split(':');
  const marker = parts.lastIndexOf('function');
  return (marker === -1 ? parts[0] : parts[marker + 1]) ?? '';
};

const where = (resource: Resource) => `Function ${resource.logicalId} of stack ${resource.stack}`;

const codeDir = (cloud: Cloud, resource: Resource): string => {
  const asset = resource.metadata['aws:asset:path'];
  if (typeof asset !== 'string') {
    throw new Error(`${where(resource)} has no aws:asset:path metadata. Synthesize it with Code.fromAsset.`);
  }
  const folder = resolve(cloud.assemblyDir, asset);
  if (!existsSync(folder))
    throw new Error(`${where(resource)}: its code is not at ${folder}. Synthesize again.`);
  return folder;
};
