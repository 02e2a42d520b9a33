import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Cloud, LogLevel, Resource } from '../../../local/service.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

export const ordersStreamArn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders/stream/2026-01-01T00:00:00.000`;

export interface Line {
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
}

/** A cloud of hand-made resources on temporary folders, which keeps what was logged. */
export interface TestCloud extends Cloud {
  readonly lines: Line[];
  add(...resources: Resource[]): void;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'tailrace-test-'));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export const testCloud = (folder = temporaryFolder(), endpoint = 'http://127.0.0.1:1'): TestCloud => {
  const resources: Resource[] = [];
  const lines: Line[] = [];
  return {
    region: REGION,
    account: ACCOUNT,
    dataDir: join(folder, 'data'),
    assemblyDir: folder,
    endpoint,
    lines,
    add: (...more) => resources.push(...more),
    resources: (type) => resources.filter((resource) => resource.type === type),
    log: (level, source, message) => lines.push({ level, source, message }),
  };
};

export const resource = (
  type: string,
  ref: string,
  properties: Resource['properties'],
  more: Partial<Resource> = {},
): Resource => ({
  stack: 'Test',
  logicalId: `Logical${ref.replaceAll(/\W/g, '')}`,
  type,
  properties,
  ref,
  attributes: {},
  metadata: {},
  ...more,
});

export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

/** Bundles source text as the stacks do; returns the asset's folder name in the assembly. */
export const bundle = async (cloud: Cloud, name: string, source: string, format: 'esm' | 'cjs' = 'esm') => {
  const asset = `asset.${name}`;
  await build({
    stdin: { contents: source, loader: 'ts', resolveDir: import.meta.dirname },
    outfile: join(cloud.assemblyDir, asset, format === 'esm' ? 'index.mjs' : 'index.js'),
    bundle: true,
    format,
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  return asset;
};

/** Bundles a handler and adds its function to the cloud. */
export const addFunction = async (
  cloud: TestCloud,
  name: string,
  source: string,
  properties: Resource['properties'] = {},
  format: 'esm' | 'cjs' = 'esm',
): Promise<void> => {
  const asset = await bundle(cloud, name, source, format);
  cloud.add(
    resource(
      'AWS::Lambda::Function',
      name,
      {
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 10,
        MemorySize: 256,
        Role: `role-of-${name}`,
        ...properties,
      },
      { attributes: { Arn: functionArn(name) }, metadata: { 'aws:asset:path': asset } },
    ),
  );
};

export const credentialsFor = (of: Resource) => ({
  accessKeyId: `AKIA-${of.ref}`,
  secretAccessKey: 'secret',
  sessionToken: 'session',
});

/** Resolves once `probe` gives something truthy; fails at the deadline, saying what was awaited. */
export const eventually = async <T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = 20_000,
): Promise<NonNullable<T>> => {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline) {
    const value = await probe();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited ${ms} ms in vain for ${what}.`);
};
