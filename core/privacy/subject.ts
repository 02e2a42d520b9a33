/** What nobody's key can be told of is sealed under the key of this name; no person may have it. */
export const QUARANTINE_SUBJECT = '#quarantine';

/** Most characters of a subject: it is a key of DynamoDB's, of 2048 bytes at most. */
export const LONGEST_SUBJECT = 512;

/** Whether a text can say whose data something is: the keys of persons are kept under it. */
export const isSubject = (text: unknown): text is string =>
  typeof text === 'string' &&
  text !== '' &&
  text.length <= LONGEST_SUBJECT &&
  !text.startsWith('#') &&
  text.isWellFormed();
