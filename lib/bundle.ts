import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { loadQueries } from '../core/queries/load.ts';
import { schemaFiles } from '../core/schema/load.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SCHEMA_INDEX = join(ROOT, 'schemas', 'index.ts');
const QUERY_INDEX = join(ROOT, 'queries', 'index.ts');

/** Lets CommonJS packages inside an ES module bundle find Node's own modules. */
const REQUIRE_BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const indexOf = async (folder: string): Promise<string> => {
  const files = await schemaFiles(folder);
  const imports = files.map((path, position) => `import * as file${position} from ${JSON.stringify(path)};`);
  const modules = files.map((_, position) => `file${position}`).join(', ');
  return [
    ...imports,
    `import { checkNames, isSchema } from ${JSON.stringify(join(ROOT, 'core', 'schema', 'load.ts'))};`,
    `export const schemas = checkNames([${modules}].flatMap((file) => Object.values(file)).filter(isSchema));`,
  ].join('\n');
};

/** Puts static imports of every schema file where `schemas/index.ts` reads its folder at run time. */
const schemaIndex = (folder: string): Plugin => ({
  name: 'schema-index',
  setup: (bundler) => {
    bundler.onLoad({ filter: /schemas[\\/]index\.ts$/ }, async ({ path }) =>
      path === SCHEMA_INDEX
        ? { contents: await indexOf(folder), loader: 'ts', resolveDir: folder }
        : undefined,
    );
  },
});

/** Puts the queries themselves where `queries/index.ts` reads their folder at run time. */
const queryIndex = (folder: string | undefined): Plugin => ({
  name: 'query-index',
  setup: (bundler) => {
    bundler.onLoad({ filter: /queries[\\/]index\.ts$/ }, async ({ path }) =>
      path === QUERY_INDEX
        ? { contents: `export const queries = ${JSON.stringify(await loadQueries(folder))};`, loader: 'ts' }
        : undefined,
    );
  },
});

/** Zod brings its messages in fifty languages; we speak one. A third of the api function's code is gone with them. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup: (bundler) => {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const ASSETS = join(ROOT, 'functions', 'api', 'docs');

/** Puts style and script of the documentation page into the code, where `assets.ts` reads them beside itself. */
const pageAssets: Plugin = {
  name: 'page-assets',
  setup: (bundler) => {
    bundler.onLoad({ filter: /docs[\\/]assets\.ts$/ }, async () => {
      const [style, script] = await Promise.all(
        ['page.css', 'page.js'].map((name) => readFile(join(ASSETS, name), 'utf8')),
      );
      return { contents: `export const assets = ${JSON.stringify({ style, script })};`, loader: 'ts' };
    });
  },
};

const functionNames = async (): Promise<string[]> => {
  const entries = await readdir(join(ROOT, 'functions'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== 'shared').map((entry) => entry.name);
};

/** Where the bundle of each function lies. */
export type Bundles = (name: string) => string;

/**
 * Bundles every function of functions/ in one go, each into a folder of its own with one `index.mjs`.
 * Without a folder of queries there are none. Throws esbuild's error, which names file and line.
 *
 * @example
 * const bundles = await bundleFunctions({ schemaFolder: 'schemas', outDir: 'cdk.out/functions' });
 * bundles('api'); // cdk.out/functions/api
 */
export const bundleFunctions = async ({
  schemaFolder,
  queryFolder,
  outDir,
}: {
  schemaFolder: string;
  queryFolder?: string | undefined;
  outDir: string;
}): Promise<Bundles> => {
  const names = await functionNames();
  await build({
    entryPoints: Object.fromEntries(
      names.map((name) => [`${name}/index`, join(ROOT, 'functions', name, 'handler.ts')]),
    ),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    nodePaths: [join(ROOT, 'node_modules')],
    plugins: [schemaIndex(resolve(schemaFolder)), queryIndex(queryFolder), oneLanguage, pageAssets],
    logLevel: 'silent',
  });
  return (name) => join(outDir, name);
};
