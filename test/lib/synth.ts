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

/**
 * The stacks of the stage `test`, constructed from the store's schemas and queries and not yet synthesized; `remove` deletes the
 * bundles. CDK's own validation of the templates takes seconds and only warns: it is for who reads what it finds.
 */
export const buildApp = async ({ validates = false } = {}): Promise<{
  app: App;
  application: Stack;
  lake: Stack;
  outDir: string;
  remove: () => void;
}> => {
  const outDir = mkdtempSync(join(tmpdir(), 'tailrace-synth-'));
  const bundles = await bundleFunctions({
    schemaFolder: SCHEMAS,
    queryFolder: QUERIES,
    outDir: join(outDir, 'functions'),
  });
  const app = new App({ outdir: join(outDir, 'cdk.out'), builtinCloudFormationValidation: validates });
  const origins = ['https://shop.example.com'];
  const [schemas, queries] = await Promise.all([loadSchemas(SCHEMAS), loadQueries(QUERIES)]);
  addStacks(app, { stage: 'test', schemas, queries, bundles, origins });
  const find = (suffix: string) => app.node.findChild(`tailrace-test-${suffix}`) as Stack;
  return {
    app,
    application: find('app'),
    lake: find('lake'),
    outDir: join(outDir, 'cdk.out'),
    remove: () => rmSync(outDir, { recursive: true }),
  };
};
