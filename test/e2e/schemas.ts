import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..', '..');
const CORE = pathToFileURL(join(ROOT, 'core', 'schema', 'index.ts')).pathname;

const repoint = (source: string): string => source.replaceAll('../core/schema/index.ts', CORE);

/** Copies the store's schemas to a folder and adds one more file, as a user would. */
export const writeSchemas = (folder: string, name: string, source: string): void => {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'schemas'), folder, { recursive: true, filter: (path) => !path.endsWith('index.ts') });
  writeFileSync(join(folder, name), source);
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    writeFileSync(path, repoint(readFileSync(path, 'utf8')));
  }
};
