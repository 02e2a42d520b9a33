import { writeSync } from 'node:fs';
import { openObjectStore } from '../../../local/s3/store.ts';

/** Writes, replaces and removes objects until it is killed, and tells of each only once it was acknowledged. */
const [dataDir = '', first = '0'] = process.argv.slice(2);
const store = openObjectStore({ dataDir });
store.createBucket('lake');
// Each line is out before the next step: what waits in this process would be lost with it.
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

for (let count = Number(first); ; count += 1) {
  const key = `part=${count % 7}/${count % 40}.txt`;
  const body = `${count} `.repeat(1 + (count % 2000));
  say({ key, begun: body });
  if (count % 5 === 4) store.remove('lake', key);
  else await store.put('lake', key, body);
  say({ key, done: count % 5 === 4 ? null : body });
}
