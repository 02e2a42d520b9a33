import type { SavedQuery } from '../queries/parse.ts';

/** The marts whose answers the API gives to somebody. */
export const publishedOf = (queries: readonly SavedQuery[]): SavedQuery[] =>
  queries.filter(({ publish }) => publish.length > 0);
