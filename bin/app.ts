import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { breakWarning } from '../core/evolution/warning.ts';
import { loadSchemaFiles } from '../core/schema/load.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { readSettings } from '../lib/settings.ts';
import { addStacks } from '../lib/stacks.ts';

const { schemaFolder, stage, origins, outDir } = readSettings(process.env);
const files = await loadSchemaFiles(schemaFolder);
const warning = await breakWarning(schemaFolder, files);
if (warning !== undefined) process.stderr.write(`${warning}\n`);
const bundles = await bundleFunctions({ schemaFolder, outDir: join(outDir, 'functions') });
const app = new App({ outdir: outDir });
addStacks(app, { stage, schemas: [...files.keys()], bundles, origins });
app.synth();
