// A process that runs the mappings of a prepared cloud until it is killed: `node run-mappings.ts <folder> <endpoint>`.
import { startEventSourceMappings } from '../../../local/lambda/event-source-mapping/mappings.ts';
import { startLambda } from '../../../local/lambda/functions.ts';
import { credentialsFor, functionArn, ordersStreamArn, resource, testCloud } from './cloud.ts';

const [folder = '', streamsEndpoint = ''] = process.argv.slice(2);
const cloud = testCloud(folder);
cloud.add(
  resource(
    'AWS::Lambda::Function',
    'relay',
    {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Environment: { Variables: { SEEN: `${folder}/seen.ndjson` } },
    },
    { attributes: { Arn: functionArn('relay') }, metadata: { 'aws:asset:path': 'asset.relay' } },
  ),
  resource('AWS::Lambda::EventSourceMapping', 'mapping', {
    FunctionName: functionArn('relay'),
    EventSourceArn: ordersStreamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 5,
  }),
);
startEventSourceMappings(cloud, {
  functions: startLambda(cloud, { credentialsFor }),
  store: { put: async () => {} },
  streamsEndpoint,
});
