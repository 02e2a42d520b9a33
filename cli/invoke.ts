import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { UserError } from './errors.ts';

const failureSchema = z.looseObject({ errorMessage: z.string() });

const send = async (client: LambdaClient, name: string, event: object) => {
  try {
    return await client.send(
      new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)) }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    throw new UserError(
      `There is no function ${name}.`,
      'Deploy the lake stack, or name another deployment with --stage.',
    );
  }
};

/** Invokes a function of the stacks and answers what it does. Throws Error with its message when it failed. */
export const invokeFunction = async (client: LambdaClient, name: string, event: object): Promise<unknown> => {
  const { FunctionError, Payload } = await send(client, name, event);
  const content: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (!FunctionError) return content;
  const { data } = failureSchema.safeParse(content);
  throw new Error(`The function ${name} failed: ${data?.errorMessage ?? FunctionError}. Its log says more.`);
};
