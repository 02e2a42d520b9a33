import { ask } from '../cli/query/athena.ts';
import { athenaOf, question } from './cloud.ts';

/** How many questions wait for their answers at once. */
const AT_ONCE = 3;

const QUESTION =
  'SELECT category, count(*) AS n, max(change_version) AS v FROM products_history GROUP BY category ORDER BY n';

/** A process of its own, which asks the lake at an address without a pause and prints a byte for each answer. */
const [, , aws = ''] = process.argv;
const client = athenaOf({ aws, region: 'us-east-1' });

const askForever = async (): Promise<never> => {
  for (;;) {
    await ask(client, question(QUESTION));
    process.stdout.write('.');
  }
};

await Promise.all(Array.from({ length: AT_ONCE }, askForever));
