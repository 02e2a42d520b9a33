import { athenaError } from '../analyze/raise.ts';
import { SqlError } from '../sql/error.ts';

/** Does work of the engine's; what fails there fails with the error Athena has for it. */
export const failingAsAthena = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SqlError) throw error;
    const [code, ...message] = athenaError((error as Error).message).split(': ');
    throw new SqlError(code ?? '', message.join(': '));
  }
};
