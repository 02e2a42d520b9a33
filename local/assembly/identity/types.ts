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

/** The name a template gives, else one of stack and logical id, as CloudFormation makes them. */
export const nameOf = (birth: Birth, property: string, limit = 64): string => {
  const given = birth.property(property);
  return typeof given === 'string' ? given : `${birth.stack}-${birth.logicalId}`.slice(0, limit);
};

/** An ARN in the local account. */
export const arnOf = (birth: Birth, service: string, resource: string): string =>
  `arn:aws:${service}:${birth.region}:${birth.account}:${resource}`;

/** An opaque identifier that is the same at every start. */
export const idOf = (birth: Birth): string =>
  `${birth.stack}-${birth.logicalId}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
