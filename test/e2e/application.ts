import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesOf } from '../../core/deployment.ts';

/** Makes an assembly in an empty folder that has the application path of another alone. */
export const writeApplication = (whole: string, part: string, stage = 'dev'): string => {
  for (const name of readdirSync(whole).filter((file) => file !== 'manifest.json'))
    symlinkSync(join(whole, name), join(part, name));
  const { artifacts, ...manifest } = JSON.parse(readFileSync(join(whole, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, unknown>;
  };
  const kept = Object.entries(artifacts).filter(([name]) => !name.startsWith(namesOf(stage).lake));
  const written = JSON.stringify({ ...manifest, artifacts: Object.fromEntries(kept) });
  writeFileSync(join(part, 'manifest.json'), written);
  return part;
};
