import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRecovery, CfnUserPoolGroup, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/** Who may call the API: a user pool with a group for customers and one for staff, and the client that signs in. */
export const people = (scope: Construct): { pool: UserPool; client: UserPoolClient } => {
  const pool = new UserPool(scope, 'People', {
    signInAliases: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    selfSignUpEnabled: true,
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
    },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const groupName of ['customer', 'staff'])
    new CfnUserPoolGroup(scope, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
  const client = pool.addClient('Client', {
    authFlows: { userSrp: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
  });
  return { pool, client };
};
