import { basename, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { bundleFunctions, functionBuild } from '../../lib/bundle.ts';

const SCHEMAS = resolve(import.meta.dirname, '..', '..', 'schemas');

/** Frameworks and handlers to compare with, by file in peers/. */
export type Peer = 'bare' | 'powertools' | 'hono';

/** As projects build their functions: one minified module. */
const USUAL = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'silent',
} as const satisfies BuildOptions;

const buildOne = async (file: string, outdir: string, options: BuildOptions): Promise<string> => {
  const name = basename(file, '.ts');
  await build({ ...options, entryPoints: { [name]: join(import.meta.dirname, file) }, outdir });
  return join(outdir, name + (options.outExtension?.['.js'] ?? '.js'));
};

/** The bundle of the api function as it is deployed. */
export const buildApi = async (folder: string): Promise<string> => {
  const bundles = await bundleFunctions({ schemaFolder: SCHEMAS, outDir: join(folder, 'functions') });
  return join(bundles('api'), 'index.cjs');
};

/** The bundle of a peer, built as projects do. */
export const buildPeer = (folder: string, peer: Peer): Promise<string> =>
  buildOne(`peers/${peer}.ts`, join(folder, 'usual'), USUAL);

/** The bundle of a file below this folder, built as the api function is. */
export const buildLikeApi = (folder: string, file: string): Promise<string> =>
  buildOne(file, join(folder, 'like-api'), functionBuild({ schemaFolder: SCHEMAS }));
