/** A mistake in a schema file: says where, what, and the cure. Shapes: `place` is `order.total`, `file` is `schemas/order.ts`. */
export class SchemaError extends Error {
  readonly place: string;
  readonly problem: string;
  readonly cure: string;
  readonly file: string | undefined;

  constructor(place: string, problem: string, cure: string, file?: string) {
    super(`${file ? `${file}: ` : ''}${place}: ${problem}. ${cure}.`);
    this.name = 'SchemaError';
    this.place = place;
    this.problem = problem;
    this.cure = cure;
    this.file = file;
  }

  /** The same mistake, with the file it was found in. */
  in(file: string): SchemaError {
    return new SchemaError(this.place, this.problem, this.cure, file);
  }
}
