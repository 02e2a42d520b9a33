import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const file = z.record(z.string(), z.object({ expression: z.string(), created: z.number() }));

type Births = z.infer<typeof file>;

const read = (path: string): Births => {
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
};

interface Known {
  readonly arn: string;
  readonly expression: string;
}

/**
 * When each schedule was made: a rate counts from there, over restarts too. One whose expression has changed counts
 * anew. Kept in `<dataDir>/scheduler/schedules.json`.
 */
export const birthsOf = (
  dataDir: string,
  schedules: readonly Known[],
  now: number,
): ReadonlyMap<string, { readonly created: number; readonly isNew: boolean }> => {
  const folder = join(dataDir, 'scheduler');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'schedules.json');
  const before = read(path);
  const isKnown = ({ arn, expression }: Known) => before[arn]?.expression === expression;
  const births = schedules.map((one) => {
    const created = isKnown(one) ? (before[one.arn]?.created ?? now) : now;
    return [one.arn, { created, isNew: !isKnown(one) }] as const;
  });
  const after = schedules.map(
    ({ arn, expression }, index) =>
      [arn, { expression, created: births[index]?.[1].created ?? now }] as const,
  );
  writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(after)));
  renameSync(`${path}.new`, path);
  return new Map(births);
};
