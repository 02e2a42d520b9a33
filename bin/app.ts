import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadSchemas } from '../core/schema/load.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { readSettings } from '../lib/settings.ts';
import { addStacks } from '../lib/stacks.ts';

const { schemaFolder, stage, origins, outDir } = readSettings(process.env);
const schemas = await loadSchemas(schemaFolder);
const bundles = await bundleFunctions({ schemaFolder, outDir: join(outDir, 'functions') });
const app = new App({ outdir: outDir });
addStacks(app, { stage, schemas, bundles, origins });
app.synth();
