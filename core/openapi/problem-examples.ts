import { PROBLEMS, problem, type ProblemCode, type ProblemDetails } from '../http/problem.ts';

interface Said extends ProblemDetails {
  readonly detail: string;
}

const REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';
const RECORD = '/orders/0e0cb3f6-4a4c-4fd4-9f0b-8a1c3c3d5b1a';

/** What a request is told of each problem. The texts are examples: a client goes by the type. */
const SAID: Readonly<Record<ProblemCode, Said>> = {
  'validation-failed': {
    detail: 'One thing is wrong with it.',
    errors: [{ pointer: '/lines/0/quantity', message: 'Too small: expected number to be >=1' }],
  },
  'malformed-json': { detail: 'The body cannot be read as JSON. Check quotes, commas and brackets.' },
  'no-index': {
    detail: 'No index answers note. orders can be listed by id, or customerId (alone or with placedAt).',
    errors: [{ parameter: 'note', message: 'No index has exactly these fields' }],
  },
  'bad-cursor': {
    detail: 'The cursor is not from this list. Repeat the request that gave it, or start without a cursor.',
    errors: [{ parameter: 'cursor', message: 'Not a cursor of this list' }],
  },
  unauthorized: { detail: 'The token names no subject (the claim "sub").' },
  forbidden: { detail: 'To pay orders takes group:staff. The token has group:customer.' },
  'not-found': { detail: 'There is no order with this id.', instance: RECORD },
  'no-such-route': { detail: 'Nothing is served at this path. GET /openapi.json lists what is.' },
  'method-not-allowed': { detail: '/orders does not take PUT. It takes POST, GET, HEAD, OPTIONS.' },
  conflict: {
    detail: 'Others keep changing this record. Read it again and send your change anew.',
    instance: RECORD,
  },
  'already-exists': {
    detail: 'There is a customer with this id already. Change it with PATCH.',
    instance: '/customers',
  },
  'still-referenced': {
    detail: 'There are orders with this customer as customerId. Delete or change them first.',
    instance: '/customers/ann',
  },
  'not-unique': {
    detail: 'There is a customer with this email already. Nothing was written.',
    instance: '/customers',
    errors: [{ pointer: '/email', message: 'Another customer has "ada@example.com"' }],
  },
  'out-of-stock': {
    detail: 'Nothing was ordered: some lines want more than there is. Order less of them.',
    errors: [{ pointer: '/lines/0', message: 'Wanted 2, available 1' }],
  },
  'illegal-move': {
    detail: 'The order is placed, so it cannot ship. From placed it can pay or cancel.',
    instance: `${RECORD}/ship`,
    errors: [{ pointer: '/status', message: 'Is placed; ship needs paid' }],
  },
  'precondition-failed': {
    detail: 'The record is of version 2 now. Read it again and decide anew.',
    instance: RECORD,
  },
  'idempotency-mismatch': {
    detail: 'This Idempotency-Key came with another request before. Use a new key for a new request.',
  },
  'too-large': { detail: 'A record is at most 400 KB. Send less.' },
  'unsupported-media-type': {
    detail:
      'The body is of no named type. Send JSON in UTF-8 with the header "content-type: application/json".',
  },
  internal: {
    detail: 'The fault is ours and has been logged. Name the request id when you report it.',
  },
  unavailable: { detail: 'The database is busy. Try again in a second; nothing was lost.' },
};

const exampleOf = (code: ProblemCode): object => {
  const { detail, ...details } = SAID[code];
  return {
    summary: PROBLEMS[code].title,
    value: problem(code, detail, { instance: '/orders', ...details, requestId: REQUEST_ID }),
  };
};

/** An example of every problem, by its code. */
export const problemExamples = (): Record<string, object> =>
  Object.fromEntries(Object.keys(PROBLEMS).map((code) => [code, exampleOf(code as ProblemCode)]));
