import { describe, expect, test } from 'vitest';
import { alterTable, createTable } from '../../../../core/lake/curated/ddl.ts';
import { currentTable, versionsTable } from '../../../../core/lake/curated/tables.ts';
import { entity, z } from '../../../../core/schema/index.ts';

const PLACE = { database: 'lake', bucket: 'bucket' };

const review = entity({
  name: 'review',
  description: 'An opinion',
  fields: {
    text: z.string().meta({ description: "It's what they said" }),
    parts: z.array(z.object({ name: z.string(), stars: z.int() })),
  },
});

const existing = (...left: string[]) =>
  currentTable(review)
    .columns.filter(({ name }) => !left.includes(name))
    .map(({ name, type }) => ({ name, type }));

describe('a curated table', () => {
  test('is made with the columns of the log and their comments, an apostrophe among them', () => {
    const sql = createTable(currentTable(review), PLACE);

    expect(sql).toContain('CREATE TABLE IF NOT EXISTS `lake`.`reviews_current` (');
    expect(sql).toContain(
      String.raw`  \`text\` string COMMENT 'It\'s what they said',`.replaceAll('\\`', '`'),
    );
    expect(sql).toContain("LOCATION 's3://bucket/curated/review/current/'");
    expect(sql).toContain("'table_type'='ICEBERG'");
    expect(sql).not.toContain('PARTITIONED BY');
  });

  test('of versions has a partition a day', () => {
    expect(createTable(versionsTable(review), PLACE)).toContain('PARTITIONED BY (day(`change_time`))');
  });

  test('with every column is left alone, one that the schema has no more too', () => {
    expect(alterTable(currentTable(review), PLACE, [...existing(), { name: 'gone', type: 'date' }])).toEqual(
      [],
    );
  });

  test('gets the columns it lacks in one statement', () => {
    expect(alterTable(currentTable(review), PLACE, existing('text', 'change_expired'))).toEqual([
      'ALTER TABLE `lake`.`reviews_current` ADD COLUMNS ' +
        "(`change_expired` boolean COMMENT 'True when time to live removed the record, not a person', " +
        String.raw`\`text\` string COMMENT 'It\'s what they said')`.replaceAll('\\`', '`'),
    ]);
  });

  test('gets the members a nested column lacks, after those it has', () => {
    const columns = [...existing('parts'), { name: 'parts', type: 'array<struct<stars:bigint>>' }];

    expect(alterTable(currentTable(review), PLACE, columns)).toEqual([
      'ALTER TABLE `lake`.`reviews_current` CHANGE COLUMN `parts` `parts` array<struct<stars:bigint,name:string>>',
    ]);
  });

  test('whose column would have to become another type is named, with what to do', () => {
    const columns = [...existing('text'), { name: 'text', type: 'bigint' }];

    expect(() => alterTable(currentTable(review), PLACE, columns)).toThrow(
      /column text of reviews_current .*: bigint cannot become string\. Give the field its old type/,
    );
  });
});
