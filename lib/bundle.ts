import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { loadQueries } from '../core/queries/load.ts';
import { schemaFiles } from '../core/schema/load.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SCHEMA_INDEX = join(ROOT, 'schemas', 'index.ts');
const QUERY_INDEX = join(ROOT, 'queries', 'index.ts');

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

/**
 * Of a module imported as `* as z` only what is used is bundled, of one that another module hands on as `z` all of it,
 * fifty languages included. So schema files take `z` from Zod itself here.
 */
const withOwnZod = (source: string): string =>
  source.replaceAll(
    /import\s*\{([^{}]*)\}\s*from\s*(['"][^'"]*core\/schema\/index\.ts['"])/g,
    (statement, list: string, from: string) => {
      const names = list.split(',').map((name) => name.trim());
      const others = names.filter((name) => name !== 'z');
      return names.includes('z')
        ? `import * as z from 'zod'; import { ${others.join(', ')} } from ${from}`
        : statement;
    },
  );

const zodItself = (folder: string): Plugin => ({
  name: 'zod-itself',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) =>
      dirname(path) === folder
        ? { contents: withOwnZod(await readFile(path, 'utf8')), loader: 'ts' }
        : undefined,
    );
  },
});

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

/**
 * In Lambda credentials are in the environment. The seven other places where the SDK looks for them bring clients of
 * other services, a third of the code of a function.
 */
const credentialsOfEnvironment: Plugin = {
  name: 'credentials-of-environment',
  setup: (bundler) => {
    bundler.onLoad({ filter: /credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: dirname(path),
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

/** What a function is made of: the folders of schemas and of queries. */
export interface Sources {
  readonly schemaFolder: string;
  readonly queryFolder?: string | undefined;
}

/**
 * How a function is built. CommonJS, as an `import` of `node:http` makes Node load all that it exports, its WebSocket
 * client too; and without the names of functions, which esbuild would restore at run time, in every call of the SDK.
 */
export const functionBuild = ({ schemaFolder, queryFolder }: Sources) =>
  ({
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    nodePaths: [join(ROOT, 'node_modules')],
    plugins: [
      schemaIndex(resolve(schemaFolder)),
      queryIndex(queryFolder),
      zodItself(resolve(schemaFolder)),
      credentialsOfEnvironment,
      pageAssets,
    ],
    logLevel: 'silent',
  }) satisfies BuildOptions;

const functionNames = async (): Promise<string[]> => {
  const entries = await readdir(join(ROOT, 'functions'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== 'shared').map((entry) => entry.name);
};

/** Where the bundle of each function lies. */
export type Bundles = (name: string) => string;

/**
 * Bundles every function of functions/ in one go, each into a folder of its own with one `index.cjs`.
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
}: Sources & { readonly outDir: string }): Promise<Bundles> => {
  const names = await functionNames();
  await build({
    ...functionBuild({ schemaFolder, queryFolder }),
    entryPoints: Object.fromEntries(
      names.map((name) => [`${name}/index`, join(ROOT, 'functions', name, 'handler.ts')]),
    ),
    outdir: outDir,
  });
  return (name) => join(outDir, name);
};
