import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runtimeError } from './errors.ts';

/** A handler as the Node.js 24 runtime accepts it. */
export type Handler = (event: unknown, context: unknown) => unknown;

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

const CALLBACK_REMOVED =
  'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Return a promise instead. See https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html';

/**
 * Imports the bundle and finds the handler in it. Errors carry the types Lambda reports: `Runtime.ImportModuleError`,
 * `Runtime.UserCodeSyntaxError`, `Runtime.HandlerNotFound`, `Runtime.CallbackHandlerDeprecated`.
 */
export const loadHandler = async (codeDir: string, handler: string): Promise<Handler> => {
  const dot = handler.lastIndexOf('.');
  const [moduleName, exportName] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = EXTENSIONS.map((extension) => join(codeDir, moduleName + extension)).find((path) =>
    existsSync(path),
  );
  if (!file)
    throw runtimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${moduleName}' in ${codeDir}`,
    );
  const found = pick(await importFrom(codeDir, file), exportName);
  if (typeof found !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (found.length >= 3)
    throw runtimeError('Runtime.CallbackHandlerDeprecated', `ERROR: ${CALLBACK_REMOVED}`);
  return found as Handler;
};

const pick = (module: Record<string, unknown>, name: string): unknown =>
  module[name] ?? (module['default'] as Record<string, unknown> | undefined)?.[name];

const importFrom = async (codeDir: string, file: string): Promise<Record<string, unknown>> => {
  if (!isModulePackage(codeDir)) forceCommonJs(codeDir);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw importError(error);
  }
};

const importError = (error: unknown): unknown => {
  if (error instanceof SyntaxError) return runtimeError('Runtime.UserCodeSyntaxError', String(error), error);
  const code = (error as { code?: string } | undefined)?.code;
  const missing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return missing ? runtimeError('Runtime.ImportModuleError', String(error), error) : error;
};

// On Lambda nothing lies above the code folder, so `.js` is CommonJS unless a package.json in the folder says otherwise.
// Here a package.json further up the tree would decide.
const forceCommonJs = (codeDir: string) => {
  const root = `${pathToFileURL(codeDir).href}/`;
  registerHooks({
    load: (url, context, next) => {
      const own = url.startsWith(root) && url.endsWith('.js') && !url.includes('/node_modules/');
      return next(url, own ? { ...context, format: 'commonjs' } : context);
    },
  });
};

const isModulePackage = (codeDir: string): boolean => {
  const file = join(codeDir, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module';
};
