import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { openLake, run } from '../lake.ts';

/** Runs a statement over a data folder and kills itself with SIGKILL at one point of its commit. */
const [folder = '', point = '', sql = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');
const lake = await openLake([], folder);

const store = lake.store as { put: (typeof lake.store)['put'] };
const put = store.put;
store.put = async (bucket, key, ...rest) => {
  const object = await put(bucket, key, ...rest);
  if (key.endsWith('.metadata.json') && point === 'after the metadata') die();
  return object;
};

const { renameSync } = fs;
fs.renameSync = (from, to) => {
  if (String(to).endsWith('tables.json') && point === 'before the catalogue') die();
  renameSync(from, to);
  if (String(to).endsWith('tables.json') && point === 'after the catalogue') die();
};
syncBuiltinESMExports();

await run(lake, sql);
await lake.destroy();
