/** A process that loads one function, as a cold start does, and says how many milliseconds of the processor it took. */
import { pathToFileURL } from 'node:url';

process.once('message', ({ bundle }: { bundle: string }) => {
  const begin = process.cpuUsage();
  void import(pathToFileURL(bundle).href).then(() => {
    const { user, system } = process.cpuUsage(begin);
    process.send?.((user + system) / 1000, () => process.exit());
  });
});
