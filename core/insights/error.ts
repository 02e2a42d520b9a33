/** An answer that cannot be published as the mart's author wrote it. The message names mart, place and cure. */
export class InsightError extends Error {
  constructor(name: string, place: string, problem: string, cure: string) {
    super(`${name}.sql, ${place}: ${problem}. ${cure}.`);
    this.name = 'InsightError';
  }
}
