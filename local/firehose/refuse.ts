import { AwsError } from '../service.ts';

/** What AWS would refuse at creation. */
export const invalid = (name: string, reason: string): AwsError =>
  new AwsError('InvalidArgumentException', `Delivery stream "${name}": ${reason}`);

/** What AWS can do and the local cloud can not: said at start, never passed over. */
export const refuse = (stream: string, feature: string, instead: string): AwsError =>
  new AwsError(
    'InvalidArgumentException',
    `Delivery stream "${stream}" uses ${feature}, which the local cloud does not have. ${instead}`,
  );
