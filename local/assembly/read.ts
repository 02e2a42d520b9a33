import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A resource as the template has it, intrinsics and all. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
  readonly Parameters?: Readonly<Record<string, { Type: string; Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

/** A synthesized assembly. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Where an asset lies, relative to the assembly, by the key it is uploaded under. */
  readonly assets: Readonly<Record<string, string>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      { source: { path?: string }; destinations: Readonly<Record<string, { objectKey: string }>> }
    >
  >;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const readStack = (folder: string, [id, { properties }]: [string, Artifact]): Stack => ({
  name: properties?.stackName ?? id,
  template: readJson(join(folder, properties?.templateFile ?? `${id}.template.json`)) as Template,
});

const readAssets = (folder: string, { properties }: Artifact): [string, string][] => {
  const { files = {} } = readJson(join(folder, properties?.file ?? '')) as AssetManifest;
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, source.path ?? '']),
  );
};

/**
 * The stacks of a synthesized assembly, in the order of its manifest, and its assets.
 * Throws Error when there is no assembly there.
 *
 * @example
 * const { stacks, assets } = readAssembly('cdk.out');
 */
export const readAssembly = (folder: string): Assembly => {
  const { artifacts } = readJson(join(folder, 'manifest.json')) as { artifacts: Record<string, Artifact> };
  const ofType = (type: string) => Object.entries(artifacts).filter(([, artifact]) => artifact.type === type);
  return {
    stacks: ofType('aws:cloudformation:stack').map((entry) => readStack(folder, entry)),
    assets: Object.fromEntries(
      ofType('cdk:asset-manifest').flatMap(([, artifact]) => readAssets(folder, artifact)),
    ),
  };
};
