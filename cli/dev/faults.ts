import { readFileSync } from 'node:fs';
import { parseFaultPlan, WrongFaultPlan, type FaultPlan } from '../../local/faults/plan.ts';
import { UserError } from '../errors.ts';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(
      `The fault plan ${file} cannot be read (${(error as Error).message}).`,
      'Name another file.',
    );
  }
};

/** Reads the plan of `--faults`. Throws UserError. */
export const readFaultPlan = (file: string): FaultPlan => {
  try {
    return parseFaultPlan(read(file));
  } catch (error) {
    if (!(error instanceof WrongFaultPlan)) throw error;
    throw new UserError(
      `${file}: ${error.message}`,
      'Correct the file: docs/chaos.md lists what a plan can say.',
    );
  }
};
