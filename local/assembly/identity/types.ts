import { createHash } from 'node:crypto';

/** What a resource is known by once deployed: what `Ref` and `Fn::GetAtt` give. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What an identity is made of: where the resource stands, and its resolved properties. */
export interface Birth {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly account: string;
  property(name: string): unknown;
}

export type Identify = (birth: Birth) => Identity;

const digest = (birth: Birth): string =>
  createHash('sha256').update(`${birth.stack}/${birth.logicalId}`).digest('hex');

const HASH_LENGTH = 8;

/** The name a template gives, else one of stack and logical id within the type's limit, as CloudFormation makes them. */
export const nameOf = (birth: Birth, property: string, limit = 64): string => {
  const given = birth.property(property);
  if (typeof given === 'string') return given;
  const made = `${birth.stack}-${birth.logicalId}`;
  return made.length <= limit
    ? made
    : `${made.slice(0, limit - HASH_LENGTH - 1)}-${digest(birth).slice(0, HASH_LENGTH)}`;
};

/** An ARN in the local account. */
export const arnOf = (birth: Birth, service: string, resource: string): string =>
  `arn:aws:${service}:${birth.region}:${birth.account}:${resource}`;

/** An opaque identifier of so many lower case letters and digits, the same at every start. */
export const idOf = (birth: Birth, length = 10): string => digest(birth).slice(0, length);
