/** A process that loads one function, as a cold start does, and says how many milliseconds of the processor it took. */
import { pathToFileURL } from 'node:url';
import { answerJob } from './turns.ts';

answerJob(async ({ bundle }: { bundle: string }): Promise<number> => {
  const begin = process.cpuUsage();
  await import(pathToFileURL(bundle).href);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
});
