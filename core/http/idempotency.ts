/** The request header that makes a POST safe to repeat. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** The response header of an answer that was given before. */
export const REPLAYED = 'Idempotent-Replayed';
