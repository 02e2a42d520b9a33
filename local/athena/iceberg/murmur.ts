const mix = (value: number, by: number, turn: number) => {
  const product = Math.imul(value, by);
  return (product << turn) | (product >>> (32 - turn));
};

const block = (hash: number, word: number): number => {
  const mixed = hash ^ Math.imul(mix(word, 0xcc_9e_2d_51, 15), 0x1b_87_35_93);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6_54_6b_64) | 0;
};

const finish = (hash: number): number => {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2_b2_ae_35);
  return (second ^ (second >>> 16)) | 0;
};

/** Murmur3 for x86, 32 bits, seed 0: the hash of Iceberg's buckets (https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements). */
export const murmur3 = (bytes: Buffer): number => {
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) hash = block(hash, bytes.readInt32LE(at));
  if (whole < bytes.length) {
    const tail = bytes.readUIntLE(whole, bytes.length - whole);
    hash ^= Math.imul(mix(tail, 0xcc_9e_2d_51, 15), 0x1b_87_35_93);
  }
  return finish(hash ^ bytes.length);
};
