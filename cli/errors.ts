/** How a command ends: the user's mistake and our fault are told apart. A comparison says by it what it found. */
export const EXIT = {
  done: 0,
  mistake: 1,
  different: 1,
  rejects: 2,
  undecided: 2,
  fault: 70,
  interrupted: 130,
} as const;

/** A mistake of whoever runs the command: what is wrong, and what to do next. Ends with exit code 1, no stack. */
export class UserError extends Error {
  constructor(problem: string, cure: string) {
    super(`${problem} ${cure}`.trim());
    this.name = 'UserError';
  }
}
