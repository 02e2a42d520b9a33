import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHECKSUM_ALGORITHMS,
  checksumOf,
  createDigest,
  type ChecksumAlgorithm,
} from '../../../local/s3/checksums.ts';

describe('checksums', () => {
  // The check values of the algorithms' catalogue entries, and of FIPS 180.
  it.each<[ChecksumAlgorithm, string]>([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s of the digits 1 to 9', (algorithm, hex) => {
    expect(Buffer.from(checksumOf(algorithm, Buffer.from('123456789')), 'base64').toString('hex')).toBe(hex);
  });

  it.each(CHECKSUM_ALGORITHMS)('%s does not depend on how the bytes arrive', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const digest = createDigest(algorithm);
        for (const chunk of chunks) digest.update(chunk);
        expect(digest.digest().toString('base64')).toBe(checksumOf(algorithm, Buffer.concat(chunks)));
      }),
    );
  });
});
