import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSaved, listSaved } from '../../../cli/query/saved.ts';
import { openLake, resource, type Lake } from '../../local/athena/lake.ts';

const named = (Name: string) =>
  resource('AWS::Athena::NamedQuery', Name, {
    Name,
    Database: 'shop',
    QueryString: `SELECT '${Name}'`,
    WorkGroup: 'analysts',
  });

let lake: Lake;

/** More than a page of a listing has. */
const NAMES = Array.from({ length: 60 }, (_, position) => `q${String(position).padStart(2, '0')}`);

beforeAll(async () => {
  lake = await openLake(NAMES.toReversed().map(named));
});

afterAll(() => lake.destroy());

describe('saved queries', () => {
  test('are listed in order of their names, all of them', async () => {
    const saved = await listSaved(lake.athena, 'analysts');

    expect(saved.map(({ Name }) => Name)).toEqual(NAMES);
  });

  test('are found by name; another name is answered with those there are', async () => {
    expect(await findSaved(lake.athena, 'analysts', 'q59')).toBe("SELECT 'q59'");
    await expect(findSaved(lake.athena, 'analysts', 'q60')).rejects.toThrow(
      /^There is no saved query "q60"\. Known are q00, q01, .*, q59\.$/,
    );
    await expect(findSaved(lake.athena, 'primary', 'q00')).rejects.toThrow('Deploy one: a file in queries/.');
  });
});
