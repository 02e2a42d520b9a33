import { createHash } from 'node:crypto';
import { AwsError, type Resource } from '../service.ts';
import { isAllowed, parsePolicy, type Statement } from './policy.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Somebody who signs requests: a role of the template, or the person at this machine. */
export interface Principal {
  readonly arn: string;
  allows(action: string, resourceArn: string): boolean;
}

/** Throws AwsError, worded as IAM does, unless a principal may do an action on a resource. */
export const requirePermission = (
  principal: Principal,
  action: string,
  resourceArn: string,
  code = 'AccessDeniedException',
): void => {
  if (principal.allows(action, resourceArn)) return;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resourceArn} because no identity-based policy allows the ${action} action`;
  throw new AwsError(code, message, code === 'AccessDenied' ? 403 : 400);
};

/** Who is who: the credentials of each role, and the principal behind an access key. */
export interface Principals {
  credentialsOf(roleArn: string): Credentials;
  byAccessKey(accessKeyId: string): Principal;
  /** The principal of a role's ARN; one that may do nothing when no such role is deployed. */
  byRole(roleArn: string): Principal;
}

interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement?: unknown };
  readonly Roles?: readonly string[];
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const credentialsOf = (roleArn: string): Credentials => ({
  accessKeyId: `ASIA${digest(roleArn).slice(0, 16).toUpperCase()}`,
  secretAccessKey: digest(`secret ${roleArn}`).slice(0, 40),
  sessionToken: digest(`session ${roleArn}`),
});

const inlinePolicies = (role: Resource): PolicyProperties[] =>
  (role.properties.Policies as PolicyProperties[] | undefined) ?? [];

const statementsOf = (role: Resource, policies: readonly Resource[]): Statement[] => {
  const attached = policies
    .map(({ properties }) => properties as PolicyProperties)
    .filter(({ Roles }) => Roles?.includes(role.ref));
  return [...inlinePolicies(role), ...attached].flatMap(({ PolicyDocument }) => parsePolicy(PolicyDocument));
};

const rolePrincipal = (role: Resource, policies: readonly Resource[]): Principal => {
  const statements = statementsOf(role, policies);
  const arn = `arn:aws:sts::${role.attributes.Arn?.split(':')[4]}:assumed-role/${role.ref}/local`;
  return { arn, allows: (action, resourceArn) => isAllowed(statements, action, resourceArn) };
};

const nobody = (arn: string): Principal => ({ arn, allows: () => false });

/**
 * Makes a principal of every role in the template; whoever signs with another key is the person at this machine,
 * who may do everything.
 */
export const openPrincipals = (resources: readonly Resource[], account: string): Principals => {
  const policies = resources.filter(({ type }) => type === 'AWS::IAM::Policy');
  const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');
  const byKey = new Map(
    roles.map((role) => [
      credentialsOf(role.attributes.Arn ?? '').accessKeyId,
      rolePrincipal(role, policies),
    ]),
  );
  const person: Principal = { arn: `arn:aws:iam::${account}:user/local`, allows: () => true };
  return {
    credentialsOf,
    byAccessKey: (accessKeyId) => byKey.get(accessKeyId) ?? person,
    byRole: (roleArn) => byKey.get(credentialsOf(roleArn).accessKeyId) ?? nobody(roleArn),
  };
};
