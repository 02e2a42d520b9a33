import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const cloudFile = z.strictObject({
  pid: z.int(),
  api: z.url(),
  aws: z.url(),
  stage: z.string(),
  region: z.string(),
});

/** Where a running local cloud answers; kept in its data folder while it runs. */
export type CloudFile = z.infer<typeof cloudFile>;

const pathOf = (dataDir: string): string => join(dataDir, 'cloud.json');

/** Tells other commands where the local cloud answers. */
export const writeCloudFile = (dataDir: string, content: CloudFile): void => {
  const path = pathOf(dataDir);
  writeFileSync(`${path}.new`, JSON.stringify(content, null, 2));
  renameSync(`${path}.new`, path);
};

/** Takes back what `writeCloudFile` told. */
export const removeCloudFile = (dataDir: string): void => rmSync(pathOf(dataDir), { force: true });

/** What the last local cloud of this folder told; it may have been killed since. */
export const readCloudFile = (dataDir: string): CloudFile | undefined => {
  if (!existsSync(pathOf(dataDir))) return undefined;
  try {
    return cloudFile.parse(JSON.parse(readFileSync(pathOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
};
