import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The checksum algorithms of S3 objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME'] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** What the checksum covers: the object's bytes, or the checksums of its parts (the value then ends in `-<parts>`). */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum kept with an object; `value` is base64 of the big-endian bytes. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

/** A running digest. */
export interface Digest {
  update(chunk: Uint8Array): void;
  /** The digest's bytes, big-endian for the CRCs. */
  digest(): Buffer;
}

/**
 * A running digest of one algorithm.
 *
 * @example
 * const digest = createDigest('CRC32C');
 * digest.update(Buffer.from('123456789'));
 * digest.digest().toString('hex'); // e3069283
 */
export const createDigest = (algorithm: ChecksumAlgorithm): Digest => makers[algorithm]();

/** The base64 checksum of bytes already in memory. */
export const checksumOf = (algorithm: ChecksumAlgorithm, bytes: Uint8Array): string => {
  const digest = createDigest(algorithm);
  digest.update(bytes);
  return digest.digest().toString('base64');
};

const makers: Readonly<Record<ChecksumAlgorithm, () => Digest>> = {
  CRC32: () => crc32Digest((chunk, value) => crc32(chunk, value)),
  CRC32C: () => crc32Digest(crc32c),
  SHA1: () => hashDigest('sha1'),
  SHA256: () => hashDigest('sha256'),
  CRC64NVME: () => crc64Digest(),
};

const hashDigest = (name: string): Digest => {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
};

const crc32Digest = (step: (chunk: Uint8Array, value: number) => number): Digest => {
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
};

const CRC32C_POLYNOMIAL = 0x82f63b78;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value;
});

const crc32c = (chunk: Uint8Array, start: number): number => {
  let value = ~start;
  for (let index = 0; index < chunk.length; index += 1) {
    value = crc32cTable[(value ^ chunk[index]!) & 0xff]! ^ (value >>> 8);
  }
  return ~value >>> 0;
};

const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const crc64Entries = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1)
    value = value & 1n ? (value >> 1n) ^ CRC64NVME_POLYNOMIAL : value >> 1n;
  return value;
});
// Two halves of 32 bits: bigint arithmetic per byte is about a hundred times slower.
const crc64High = Uint32Array.from(crc64Entries, (entry) => Number(entry >> 32n));
const crc64Low = Uint32Array.from(crc64Entries, (entry) => Number(entry & 0xffffffffn));

const crc64Digest = (): Digest => {
  let high = ~0;
  let low = ~0;
  return {
    update: (chunk) => {
      for (let index = 0; index < chunk.length; index += 1) {
        const entry = (low ^ chunk[index]!) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ crc64Low[entry]!;
        high = (high >>> 8) ^ crc64High[entry]!;
      }
    },
    digest: () => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~high >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes;
    },
  };
};
