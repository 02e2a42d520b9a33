import { resolve } from 'node:path';
import * as z from 'zod';
import { STAGE } from '../core/deployment.ts';
import { queryFolderOf } from '../core/queries/load.ts';

/** Where a developer's own pages are served from. */
const LOCAL_ORIGINS = 'http://localhost:3000,http://localhost:5173';

const ORIGIN = /^https:\/\/[a-z0-9.-]+(:\d{1,5})?$|^http:\/\/localhost(:\d{1,5})?$/;

const originsOf = (text: string): string[] => {
  const origins = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const wrong = origins.find((origin) => !ORIGIN.test(origin));
  if (wrong === undefined) return origins;
  throw new Error(
    `The environment variable TAILRACE_ORIGINS has "${wrong}", which is no origin. Write https://<host>, without a path.`,
  );
};

const settingsSchema = z.object({
  /** Folder of schema files. */
  TAILRACE_SCHEMAS: z
    .string()
    .min(1)
    .default(resolve(import.meta.dirname, '..', 'schemas')),
  /** Folder of queries; left out, the folder `queries` beside the schemas, if it is there. */
  TAILRACE_QUERIES: z.string().min(1).optional(),
  /** Name of the deployment: part of every physical name. */
  TAILRACE_STAGE: z.string().regex(STAGE, 'must be up to 16 lower case letters and digits').default('dev'),
  /** Web origins that may call the API from a browser and sign people in, apart by commas. */
  TAILRACE_ORIGINS: z.string().optional(),
  /** Where the assembly goes; `cdk` sets it. */
  CDK_OUTDIR: z.string().min(1).default('cdk.out'),
});

/** What a synthesis is told. */
export interface Settings {
  readonly schemaFolder: string;
  /** Undefined for none. */
  readonly queryFolder: string | undefined;
  readonly stage: string;
  readonly origins: readonly string[];
  readonly outDir: string;
}

/** What a synthesis is told by its environment. Throws Error naming the variable that is wrong. */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => {
  const { data, error } = settingsSchema.safeParse(environment);
  const issue = error?.issues[0];
  if (issue) throw new Error(`The environment variable ${issue.path.join('.')} ${issue.message}.`);
  if (!data) throw new Error('The environment could not be read.');
  return {
    schemaFolder: data.TAILRACE_SCHEMAS,
    queryFolder: queryFolderOf({ schemaFolder: data.TAILRACE_SCHEMAS, named: data.TAILRACE_QUERIES }),
    stage: data.TAILRACE_STAGE,
    origins: originsOf(data.TAILRACE_ORIGINS ?? (data.TAILRACE_STAGE === 'dev' ? LOCAL_ORIGINS : '')),
    outDir: resolve(data.CDK_OUTDIR),
  };
};
