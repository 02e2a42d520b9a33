import { Option, type Command } from 'commander';
import { dataOption, jsonOption, wholeNumber } from './options.ts';
import { print } from './terminal.ts';

interface TokenOptions {
  readonly sub: string;
  readonly group: string;
  readonly scope?: string;
  readonly expires: number;
  readonly data: string;
  readonly json?: boolean;
}

const claimsOf = ({ sub, group, scope, expires }: TokenOptions): object =>
  scope === undefined
    ? { sub, groups: [group], expiresIn: expires }
    : { machine: true, scope, expiresIn: expires };

const token = async (options: TokenOptions): Promise<void> => {
  const { data, json } = options;
  const { control, requireLocal } = await import('./connection.ts');
  const local = await requireLocal(data);
  const answer = (await control(local, 'token', claimsOf(options))) as { token: string };
  print(json ? JSON.stringify(answer) : answer.token);
};

/** `tailrace token`: a token of the local issuer. */
export const addToken = (program: Command): void => {
  program
    .command('token')
    .description('print a token of the local issuer, to call the API with')
    .option('--sub <id>', 'whose token', 'local-user')
    .option('--group <name>', 'group of the person', 'customer')
    .addOption(
      new Option(
        '--scope <names>',
        'a machine with these scopes, such as tailrace/orders.read, instead of a person',
      ).conflicts(['sub', 'group']),
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
