import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** What was done with the records of one entity that are the person's. */
const recordsSchema = z.strictObject({
  entity: z.string(),
  deleted: z.int(),
  anonymised: z.int(),
});

/** What was done with a table of the lake, and what of it cannot be taken back. */
const lakeSchema = z.strictObject({
  table: z.string(),
  /** Columns that are NULL now in every row of the person. */
  cleared: z.array(z.string()),
  /** Columns that hold parts which are personal. Sealed parts stay as tokens that nothing opens. */
  kept: z.array(z.string()),
});

/** What an erasure did, where, how much and when. Nothing of it is personal: the subject is a made identifier. */
export const reportSchema = z.strictObject({
  format: z.literal(1),
  stage: z.string(),
  subject: z.string(),
  startedAt: z.iso.datetime(),
  /** When its key was destroyed: what is sealed under it cannot be read since. */
  keyDestroyedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  records: z.array(recordsSchema),
  lake: z.array(lakeSchema),
  /** Changes of the erasure itself that the lake did not show in time: their rows may come later, with values that nothing opens. */
  unseen: z.int(),
  quarantined: z.strictObject({ removed: z.int() }),
  marts: z.strictObject({
    /** Marts that are made anew of what is left. */
    rebuilt: z.array(z.string()),
    /** Whose last refresh did not hold or did not come in time: they still show what they did. */
    pending: z.array(z.string()),
  }),
  /** What is left elsewhere, in what form, until when. */
  remains: z.array(z.strictObject({ where: z.string(), what: z.string(), until: z.string() })),
});

export type ErasureReport = z.infer<typeof reportSchema>;

/** A report with who signed it and the signature: base64url of Ed25519 over the report's JSON as it stands. */
export const signedSchema = z.strictObject({
  report: reportSchema,
  keyId: z.string(),
  signature: z.string(),
});

export type SignedReport = z.infer<typeof signedSchema>;

/** JSON with the members of every object in the order of their names, so that who reads and writes a report signs the same. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

const bytesOf = (report: ErasureReport): Buffer => Buffer.from(canonical(report));

/** The name of a public key: the beginning of a digest of it. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);

/**
 * Signs a report.
 *
 * @example
 * signReport(report, privateKey).signature // jq3M…
 */
export const signReport = (report: ErasureReport, privateKey: KeyObject): SignedReport => ({
  report,
  keyId: keyIdOf(createPublicKey(privateKey)),
  signature: sign(null, bytesOf(report), privateKey).toString('base64url'),
});

/** Whether a report is as the holder of a key signed it. */
export const isSigned = ({ report, keyId, signature }: SignedReport, publicKey: KeyObject): boolean =>
  keyId === keyIdOf(publicKey) &&
  verify(null, bytesOf(report), publicKey, Buffer.from(signature, 'base64url'));

const digestOf = (subject: string): string => createHash('sha256').update(subject).digest('hex');

/** Where the state of an erasure is, in the lake bucket. */
export const erasureStateKey = (subject: string): string => `state/erasures/${digestOf(subject)}.json`;

/** Where the reports of erasures and the keys that open them are, in the lake bucket. */
export const REPORTS_PREFIX = 'reports/erasures/';

/** Where the report of an erasure is, in the lake bucket. */
export const reportKey = (subject: string): string => `${REPORTS_PREFIX}${digestOf(subject)}.json`;

/** Where a public key is, as JSON Web Key, in the lake bucket. */
export const publicKeyKey = (keyId: string): string => `${REPORTS_PREFIX}keys/${keyId}.json`;
