import { resolve } from 'node:path';
import * as z from 'zod';
import { STAGE } from '../core/deployment.ts';

const settingsSchema = z.object({
  /** Folder of schema files. */
  TAILRACE_SCHEMAS: z
    .string()
    .min(1)
    .default(resolve(import.meta.dirname, '..', 'schemas')),
  /** Name of the deployment: part of every physical name. */
  TAILRACE_STAGE: z.string().regex(STAGE, 'must be up to 16 lower case letters and digits').default('dev'),
  /** Where the assembly goes; `cdk` sets it. */
  CDK_OUTDIR: z.string().min(1).default('cdk.out'),
});

/** What a synthesis is told by its environment. Throws Error naming the variable that is wrong. */
export const readSettings = (
  environment: NodeJS.ProcessEnv,
): { schemaFolder: string; stage: string; outDir: string } => {
  const { data, error } = settingsSchema.safeParse(environment);
  const issue = error?.issues[0];
  if (issue) throw new Error(`The environment variable ${issue.path.join('.')} ${issue.message}.`);
  if (!data) throw new Error('The environment could not be read.');
  return {
    schemaFolder: data.TAILRACE_SCHEMAS,
    stage: data.TAILRACE_STAGE,
    outDir: resolve(data.CDK_OUTDIR),
  };
};
