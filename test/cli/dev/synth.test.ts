import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { synthesize } from '../../../cli/dev/synth.ts';
import { UserError } from '../../../cli/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tailrace-synth-'));
  vi.stubEnv('TAILRACE_QUERIES', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('a query that reads what no schema makes stops the synthesis with file, place and cure', async () => {
  writeFileSync(
    join(folder, 'lost.sql'),
    '-- name: lost\n-- question: Where?\n-- refresh: never\n-- reads: attic\nSELECT 1 AS one FROM {{attic}}\n',
  );
  const failed = await synthesize({ outDir: join(folder, 'out'), stage: 'dev' }).catch(
    (error: unknown) => error,
  );

  expect(failed).toBeInstanceOf(UserError);
  expect((failed as UserError).message).toMatch(
    /^lost\.sql, header "reads": no schema makes "attic"\. Use one of customers, /,
  );
});
