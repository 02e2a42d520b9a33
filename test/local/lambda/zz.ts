import { startLambda } from '/work/main/local/lambda/functions.ts';
import { testCloud, addFunction, credentialsFor } from '/work/main/test/local/lambda/cloud.ts';
const mem = (l: string) => console.log(l, (process.memoryUsage().rss / 1e6).toFixed(0));
mem('start');
const cloud = testCloud();
await addFunction(
  cloud,
  'api',
  `import {DynamoDBClient} from '@aws-sdk/client-dynamodb'; import {FirehoseClient} from '@aws-sdk/client-firehose'; new DynamoDBClient({region:'x'}); new FirehoseClient({region:'x'}); export const handler = async (e) => ({statusCode:200,body:"x".repeat(10000)})`,
);
mem('bundled');
const f = startLambda(cloud, { credentialsFor });
let t = performance.now();
await f.invoke('api', {}, { source: 't' });
console.log('cold sdk', performance.now() - t);
mem('1 worker');
await Promise.all(Array.from({ length: 10 }, () => f.invoke('api', {}, { source: 't' })));
mem('10 workers');
for (let k = 0; k < 300; k++)
  await Promise.all(Array.from({ length: 10 }, () => f.invoke('api', {}, { source: 't' })));
mem('3000 invocations');
await f.close();
mem('closed');
