import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readReport, requireSigned } from '../../../cli/erase/verify.ts';
import { keyIdOf, publicKeyKey, signReport } from '../../../core/privacy/erasure.ts';

const folder = mkdtempSync(join(tmpdir(), 'tailrace-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signed = signReport(
  {
    format: 1,
    stage: 'dev',
    subject: 'c1',
    startedAt: '2026-11-26T00:00:00.000Z',
    keyDestroyedAt: '2026-11-26T00:00:00.100Z',
    finishedAt: '2026-11-26T00:10:00.000Z',
    records: [],
    lake: [],
    unseen: 0,
    quarantined: { removed: 0 },
    marts: { rebuilt: [], pending: [] },
    remains: [],
  },
  privateKey,
);

/** A lake bucket with public keys. */
const bucket = (...keys: (typeof publicKey)[]) => {
  const objects = new Map(
    keys.map((key) => [
      publicKeyKey(keyIdOf(key)),
      createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
    ]),
  );
  return { read: async (key: string): Promise<unknown> => objects.get(key) };
};

const file = (text: string): string => {
  const path = join(folder, 'report.json');
  writeFileSync(path, text);
  return path;
};

test('a report in a file is good by the public key in the lake bucket', async () => {
  const read = await readReport(file(JSON.stringify(signed)));

  expect(read).toEqual(signed);
  await expect(requireSigned(bucket(publicKey), read)).resolves.toBeUndefined();
});

test('a report that was changed, or is of another deployment, is refused with what to do', async () => {
  const changed = { ...signed, report: { ...signed.report, subject: 'c2' } };
  const other = generateKeyPairSync('ed25519').publicKey;

  await expect(requireSigned(bucket(publicKey), changed)).rejects.toThrow('not as it was signed');
  await expect(requireSigned(bucket(other), signed)).rejects.toThrow('none of this deployment');
  await expect(requireSigned(bucket(publicKey), { ...signed, keyId: '../x' })).rejects.toThrow(
    'none of this deployment',
  );
});

test('a file that is no report is refused, and one that is not there', async () => {
  await expect(readReport(file('no JSON'))).rejects.toThrow('is no report of an erasure');
  await expect(readReport(file('{"report":{}}'))).rejects.toThrow('is no report of an erasure');
  await expect(readReport(join(folder, 'missing.json'))).rejects.toThrow('cannot be read (ENOENT)');
});
