import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockedSchemas, nextLock } from '../../../core/evolution/make.ts';
import { lockText } from '../../../core/evolution/text.ts';
import { loadSchemaFiles } from '../../../core/schema/load.ts';
import { writeSchemas } from '../../e2e/schemas.ts';
import { makeFolder, removeFolder, runCli } from '../../e2e/tailrace.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

const ticket = (fields: string, options = ''): string => `
import { entity, z } from '../core/schema/index.ts';

export const ticket = entity({ name: 'ticket', description: 'A seat', fields: { ${fields} }, ${options} });
`;

const FIRST = ticket('line: z.int(), seat: z.int(), note: z.string().max(100).optional()');
const WIDER = ticket(
  'line: z.int(), seat: z.int(), note: z.string().max(200).optional(), gate: z.string().optional()',
);
const NARROWER = ticket('line: z.int(), seat: z.int(), note: z.string().max(50).optional()');

const folder = makeFolder();
let count = 0;

afterAll(() => removeFolder(folder));

/** A folder of schemas, and the commands over it. */
const workspace = (source: string) => {
  const schemas = join(folder, String((count += 1)));
  writeSchemas(schemas, 'ticket.ts', source);
  const lock = join(schemas, 'schema.lock.json');
  return {
    schemas,
    place: relative(ROOT, schemas),
    lock,
    text: () => readFileSync(lock, 'utf8'),
    run: (...words: string[]) =>
      runCli(['schema', ...words], { TAILRACE_SCHEMAS: schemas, FORCE_COLOR: '0' }),
    coloured: (...words: string[]) =>
      runCli(['schema', ...words], { TAILRACE_SCHEMAS: schemas, FORCE_COLOR: '1' }),
  };
};

/** The same with the lock of a first schema, and then another. */
const changed = async (first: string, then: string) => {
  const { schemas } = workspace(first);
  const lock = lockText(nextLock(undefined, lockedSchemas(await loadSchemaFiles(schemas))));
  const work = workspace(then);
  writeFileSync(work.lock, lock);
  return work;
};

describe('without a lock file', () => {
  test('check says how to make one, and lock makes it', async () => {
    const work = workspace(FIRST);
    rmSync(work.lock);
    const said = `error: There is no lock file ${work.place}/schema.lock.json. Write the first with "tailrace schema lock", and commit it.\n`;

    expect(await work.run('check')).toEqual({ code: 1, stdout: '', stderr: said });
    expect(await work.run('lock')).toEqual({
      code: 0,
      stdout: `${work.place}/schema.lock.json is written: 6 schemas.\n`,
      stderr: '',
    });
    expect(await work.run('check', '--current')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a change that adds', () => {
  test('passes, is shown, and is locked', async () => {
    const work = await changed(FIRST, WIDER);

    expect(await work.run('check')).toEqual({
      code: 0,
      stdout: [
        `Nothing breaks what ${work.place}/schema.lock.json holds: 6 schemas compared.`,
        'It does not hold 2 changes yet. Run "tailrace schema lock", and commit the file.\n',
      ].join('\n'),
      stderr: '',
    });
    expect(await work.run('check', '--current')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not current'),
    });
    expect((await work.run('diff')).stdout).toBe(
      [
        `${work.place}/ticket.ts`,
        '  + ticket.gate is new: string, optional',
        '  + ticket.note maxLength: 100 → 200\n',
      ].join('\n'),
    );
    expect((await work.run('lock')).stdout).toMatch(/schema\.lock\.json is written: 2 changes\.\n$/);
    const text = work.text();
    expect(await work.run('lock')).toMatchObject({ code: 0, stdout: expect.stringContaining('is current') });
    expect(work.text()).toBe(text);
    expect(text).toContain('"note": { "type": "string", "maxLength": 200, "presence": "optional" },\n');
  });
});

describe('a change that breaks', () => {
  let work: Awaited<ReturnType<typeof changed>>;
  beforeAll(async () => {
    work = await changed(FIRST, NARROWER);
  });

  test('fails with file, field, reason and cure', async () => {
    const { code, stdout, stderr } = await work.run('check');

    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        `${work.place}/ticket.ts`,
        '  ✗ ticket.note maxLength: 100 → 50',
        '      breaks stored items:  items with other values do not fit',
        '      breaks API clients:   requests with other values are refused',
        '      instead:              Leave it as wide as it was',
        '  ✗ ticket.version is 1 still, and items of it do not fit',
        '      breaks stored items:  they take no change any more, and their rows go to quarantine',
        '      instead:              Set version to 2 and add upgrade: { 1: (record) => … }\n',
      ].join('\n'),
    );
    expect(stderr).toMatch(/^error: 2 changes would break .*--accept-breaking <reason>"\.\n$/);
  });

  test('is not locked but with a reason, which the file keeps', async () => {
    const other = await changed(
      FIRST,
      ticket(
        'line: z.int(), seat: z.string()',
        'version: 2, upgrade: { 1: ({ note, ...record }) => record }',
      ),
    );
    const text = other.text();

    expect(await other.run('lock')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is as it was'),
    });
    expect(await other.run('lock', '--accept-breaking', ' ')).toMatchObject({ code: 1 });
    expect(other.text()).toBe(text);
    expect(await other.run('lock', '--accept-breaking', 'nobody sits any more')).toMatchObject({ code: 0 });
    expect(JSON.parse(other.text())).toMatchObject({
      retired: { ticket: { note: ['string'], seat: ['integer'] } },
      accepted: [
        {
          reason: 'nobody sits any more',
          breaks: [
            'ticket.note: is gone (API clients, the lake)',
            'ticket.seat: type: integer → string (API clients, the lake)',
          ],
        },
      ],
    });
    expect(await other.run('check', '--current')).toMatchObject({ code: 0 });
  });

  test('is there for programs, too', async () => {
    const [checked, differed, locked] = await Promise.all(
      ['check', 'diff', 'lock'].map((name) => work.run(name, '--json')),
    );

    const change = { schema: 'ticket', file: 'ticket.ts', place: 'ticket.note', what: 'maxLength: 100 → 50' };
    expect(JSON.parse(checked!.stdout)).toMatchObject({
      ok: false,
      current: false,
      breaks: [change, {}],
      notices: [],
      additions: [],
    });
    expect(JSON.parse(differed!.stdout)).toMatchObject({ changes: [change, {}] });
    expect(JSON.parse(locked!.stdout)).toMatchObject({ written: false, breaks: [change, {}] });
    expect([checked, differed, locked].map((ended) => ended!.code)).toEqual([2, 0, 2]);
  });

  test('is coloured where colours are shown', async () => {
    expect((await work.coloured('diff')).stdout).toContain('\u001B[31m✗\u001B[39m ticket.note');
  });
});

describe('what cannot be compared', () => {
  test('is a mistake of one line: a lock that is none, a schema that cannot work', async () => {
    const work = workspace(FIRST);

    writeFileSync(work.lock, '<<<<<<< ours\n{}');
    expect(await work.run('check')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: .*schema\.lock\.json: lock: it is no JSON, .*Take the file of your main branch.*\n$/,
      ),
    });
    writeFileSync(work.lock, '{ "format": 2 }');
    expect(await work.run('check')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*schema\.lock\.json: format: /),
    });
    writeFileSync(join(work.schemas, 'ticket.ts'), 'export const = 1;');
    expect(await work.run('lock')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: The schemas cannot be read: .*ticket\.ts/),
    });
    expect(await work.run('check', '--schemas', join(folder, 'none'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: There is no folder .*none\. /),
    });
    expect(await workspace(ticket('line: z.int().nullable()')).run('lock')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ticket.line: the lake cannot hold'),
    });
  });
});
