import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isSigned, publicKeyKey, signedSchema, type SignedReport } from '../../core/privacy/erasure.ts';
import { UserError } from '../errors.ts';
import type { LakeBucket } from '../lake/bucket.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The signed report in a file. Throws UserError for a file that is none. */
export const readReport = async (path: string): Promise<SignedReport> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, 'Name a file.');
  }
  const { data } = signedSchema.safeParse(parsed(text));
  if (data) return data;
  throw new UserError(
    `${path} is no report of an erasure.`,
    'Name a file that "tailrace erase <subject> --json" wrote, unchanged.',
  );
};

/** Throws UserError for a report that this deployment did not sign as it stands. */
export const requireSigned = async (
  bucket: Pick<LakeBucket, 'read'>,
  signed: SignedReport,
): Promise<void> => {
  const isName = /^[0-9a-f]{32}$/.test(signed.keyId);
  const key = isName ? await bucket.read(publicKeyKey(signed.keyId)) : undefined;
  if (!key)
    throw new UserError(
      `The report is signed with the key ${JSON.stringify(signed.keyId)}, which is none of this deployment.`,
      'Name the deployment that made it, with --stage or --data.',
    );
  if (isSigned(signed, createPublicKey({ key: key as JsonWebKey, format: 'jwk' }))) return;
  throw new UserError(
    'The report is not as it was signed: it was changed, or the signature is of another one.',
    'Take the one in the lake bucket under reports/erasures/.',
  );
};
