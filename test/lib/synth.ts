import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { loadQueries } from '../../core/queries/load.ts';
import { loadSchemas } from '../../core/schema/load.ts';
import { bundleFunctions } from '../../lib/bundle.ts';
import { addStacks } from '../../lib/stacks.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const SCHEMAS = resolve(ROOT, 'schemas');
const QUERIES = resolve(ROOT, 'queries');

/** The stacks of a stage, constructed from the store's schemas and queries and not yet synthesized; `remove` deletes the bundles. */
export const buildApp = async (
  stage = 'test',
  schemaFolder = SCHEMAS,
): Promise<{ app: App; application: Stack; lake: Stack; outDir: string; remove: () => void }> => {
  const outDir = mkdtempSync(join(tmpdir(), 'tailrace-synth-'));
  const queryFolder = QUERIES;
  const bundles = await bundleFunctions({ schemaFolder, queryFolder, outDir: join(outDir, 'functions') });
  const app = new App({ outdir: join(outDir, 'cdk.out') });
  const origins = ['https://shop.example.com'];
  const [schemas, queries] = await Promise.all([loadSchemas(schemaFolder), loadQueries(queryFolder)]);
  addStacks(app, { stage, schemas, queries, bundles, origins });
  const find = (suffix: string) => app.node.findChild(`tailrace-${stage}-${suffix}`) as Stack;
  return {
    app,
    application: find('app'),
    lake: find('lake'),
    outDir: join(outDir, 'cdk.out'),
    remove: () => rmSync(outDir, { recursive: true }),
  };
};
