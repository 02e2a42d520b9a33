import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const require = createRequire(import.meta.url);

const fromPackage = (): string | undefined => {
  try {
    return require.resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch {
    return undefined;
  }
};

const fromPath = (): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'dynoxide'))
    .find((path) => existsSync(path));

/**
 * Where the DynamoDB engine's program is: the installed package of this platform, else `dynoxide` on PATH.
 * Throws Error that says what to install.
 */
export const engineBinary = (): string => {
  const path = fromPackage() ?? fromPath();
  if (path) return path;
  throw new Error(
    `The DynamoDB engine for ${process.platform}-${process.arch} is not installed. ` +
      `Run "npm install @dynoxide/${process.platform}-${process.arch}", put "dynoxide" on PATH, ` +
      'or name a running DynamoDB in TAILRACE_DYNAMODB_ENDPOINT.',
  );
};
