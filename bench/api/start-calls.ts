/** A process that loads one function, as a cold start does, and says how long it took. */
import { pathToFileURL } from 'node:url';

process.once('message', ({ bundle }: { bundle: string }) => {
  const begin = performance.now();
  void import(pathToFileURL(bundle).href).then(() =>
    process.send?.(performance.now() - begin, () => process.exit()),
  );
});
