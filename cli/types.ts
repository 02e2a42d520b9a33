import type { Command } from 'commander';
import { print } from './terminal.ts';
import packageJson from '../package.json' with { type: 'json' };

const types = async (): Promise<void> => {
  const { typesOf } = await import('../core/client/types.ts');
  const { openApi } = await import('../core/openapi/document.ts');
  const { schemas } = await import('../schemas/index.ts');
  print(typesOf(openApi(schemas, { title: 'Tailrace', version: packageJson.version })).trimEnd());
};

/** `tailrace types`: the types of the API, for a client in TypeScript. */
export const addTypes = (program: Command): void => {
  program
    .command('types')
    .description('print the types of the API, for a client in TypeScript')
    .addHelpText('after', '\nExample:\n  $ tailrace types > web/src/store.ts')
    .action(types);
};
