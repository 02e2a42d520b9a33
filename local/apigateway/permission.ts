import type { Cloud } from '../service.ts';
import { functionName } from '../lambda/config.ts';
import type { HttpApi, Route } from './model.ts';

const ACTIONS = new Set(['lambda:InvokeFunction', 'lambda:*', '*']);

/**
 * Whether an `AWS::Lambda::Permission` lets the API run the function for a route. AWS compares its `SourceArn` with
 * `execute-api:…:<api>/<stage>/<method>/<path of the route>`; `*` spans slashes.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
 */
export const mayInvoke = (
  cloud: Cloud,
  api: Pick<HttpApi, 'id' | 'stage'>,
  route: Pick<Route, 'key' | 'segments'>,
  method: string,
  functionArn: string,
): boolean => {
  const target = route.key === '$default' ? '$default' : `${method}/${route.segments.join('/')}`;
  const source = `${api.id}/${api.stage}/${target}`;
  return cloud
    .resources('AWS::Lambda::Permission')
    .some(
      ({ properties }) =>
        properties['Principal'] === 'apigateway.amazonaws.com' &&
        ACTIONS.has(String(properties['Action'])) &&
        functionName(String(properties['FunctionName'])) === functionName(functionArn) &&
        allows(properties['SourceArn'] as string | undefined, source),
    );
};

const allows = (sourceArn: string | undefined, source: string): boolean => {
  if (sourceArn === undefined) return true;
  const pattern = sourceArn.split(':').slice(5).join(':');
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.*')}$`).test(source);
};
