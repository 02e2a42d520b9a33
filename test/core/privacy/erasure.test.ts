import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSigned, signedSchema, signReport, type ErasureReport } from '../../../core/privacy/erasure.ts';

const report: ErasureReport = {
  format: 1,
  stage: 'dev',
  subject: 'c1',
  startedAt: '2026-11-26T00:00:00.000Z',
  keyDestroyedAt: '2026-11-26T00:00:00.100Z',
  finishedAt: '2026-11-26T00:10:00.000Z',
  records: [{ entity: 'customer', deleted: 1, anonymised: 0 }],
  lake: [{ table: 'customers_current', cleared: ['email', 'name'], kept: [] }],
  unseen: 0,
  quarantined: { removed: 2 },
  marts: { rebuilt: ['daily_revenue'], pending: [] },
  remains: [{ where: 'streams', what: 'records', until: '24 hours' }],
};

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);

test('a report is good as it was signed, however its members are ordered', () => {
  const signed = signReport(report, privateKey);
  const reordered = Object.fromEntries(Object.entries(report).toReversed()) as unknown as ErasureReport;

  expect(isSigned(signed, publicKey)).toBe(true);
  expect(isSigned({ ...signed, report: reordered }, publicKey)).toBe(true);
  expect(isSigned(signedSchema.parse(JSON.parse(JSON.stringify(signed))), publicKey)).toBe(true);
  expect(signReport(report, privateKey)).toEqual(signed);
});

test('a report that was changed, or that another key signed, is not good', () => {
  const signed = signReport(report, privateKey);
  const other = signReport(report, generateKeyPairSync('ed25519').privateKey);

  expect(isSigned({ ...signed, report: { ...report, unseen: 1 } }, publicKey)).toBe(false);
  expect(isSigned({ ...signed, signature: other.signature }, publicKey)).toBe(false);
  expect(isSigned(other, publicKey)).toBe(false);
  expect(isSigned({ ...signed, signature: '' }, publicKey)).toBe(false);
});

test('a report has nothing but what it is said to have', () => {
  const signed = signReport(report, privateKey);

  const more = { ...signed, report: { ...report, email: 'ada@example.com' } };

  expect(signedSchema.safeParse(more).success).toBe(false);
});
