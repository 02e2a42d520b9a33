import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';

/** A private key as it is kept on disk. */
export type PrivateKey = Record<string, unknown>;

/**
 * The signing key of the local user pools, RS256 as Cognito's. It is kept in `<dataDir>/cognito/key.json`, so that tokens
 * stay valid over a restart; deleting the file makes a new one.
 */
export const signingKey = async (dataDir: string): Promise<PrivateKey> => {
  const folder = join(dataDir, 'cognito');
  const file = join(folder, 'key.json');
  mkdirSync(folder, { recursive: true });
  const kept = read(file);
  if (kept) return kept;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' };
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
};

const read = (file: string): PrivateKey | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PrivateKey;
  } catch {
    return undefined;
  }
};
