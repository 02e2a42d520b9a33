/** A query file says something wrong. The message names file, place and cure. */
export class QueryError extends Error {
  constructor(file: string, place: string, problem: string, cure: string) {
    super(`${file}, ${place}: ${problem}. ${cure}.`);
    this.name = 'QueryError';
  }
}
