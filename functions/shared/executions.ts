import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';

/** Asks whether an execution of a state machine, by its ARN, runs still; one that nobody knows does not. */
export const executionPort =
  (client: SFNClient) =>
  async (executionArn: string): Promise<boolean> => {
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false;
      throw error;
    }
  };
