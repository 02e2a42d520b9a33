import { Option, type Command } from 'commander';
import { control, requireLocal } from './connection.ts';
import { dataOption, jsonOption, wholeNumber } from './options.ts';
import { print } from './terminal.ts';

interface TokenOptions {
  readonly sub: string;
  readonly group: string;
  readonly expires: number;
  readonly data: string;
  readonly json?: boolean;
}

const token = async ({ sub, group, expires, data, json }: TokenOptions): Promise<void> => {
  const local = await requireLocal(data);
  const answer = (await control(local, 'token', { sub, groups: [group], expiresIn: expires })) as {
    token: string;
  };
  print(json ? JSON.stringify(answer) : answer.token);
};

/** `tailrace token`: a token of the local issuer. */
export const addToken = (program: Command): void => {
  program
    .command('token')
    .description('print a token of the local issuer, to call the API with')
    .option('--sub <id>', 'whose token', 'local-user')
    .addOption(
      new Option('--group <name>', 'group of the person').choices(['customer', 'staff']).default('customer'),
    )
    .option('--expires <seconds>', 'seconds until it expires', wholeNumber(-86_400, 86_400), 3600)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ curl -H "authorization: Bearer $(npx tailrace token --group staff)" localhost:3000/products?category=music',
    )
    .action(token);
};
