import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { namesOf } from '../core/deployment.ts';
import { checkQueries } from '../core/queries/expand.ts';
import { loadQueries } from '../core/queries/load.ts';
import { relationsOf } from '../core/queries/relation.ts';
import { loadSchemas } from '../core/schema/load.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { readSettings } from '../lib/settings.ts';
import { addStacks } from '../lib/stacks.ts';

const { schemaFolder, queryFolder, stage, origins, outDir } = readSettings(process.env);
const schemas = await loadSchemas(schemaFolder);
const queries = await loadQueries(queryFolder);
checkQueries(queries, relationsOf(schemas, { database: namesOf(stage).database, bucket: '' }));
const bundles = await bundleFunctions({ schemaFolder, queryFolder, outDir: join(outDir, 'functions') });
const app = new App({ outdir: outDir });
addStacks(app, { stage, schemas, queries, bundles, origins });
app.synth();
