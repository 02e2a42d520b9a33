import { failingAsAthena } from '../engine/failing.ts';
import { commitChange } from '../iceberg/commit.ts';
import { planCompaction, type CompactionPlan } from '../iceberg/compact.ts';
import { withDraft, type Draft } from '../iceberg/draft.ts';
import type { DataFile, Entry } from '../iceberg/manifest.ts';
import { snapshotOf, specOf } from '../iceberg/metadata.ts';
import { currentScan, FILE_COLUMN } from '../iceberg/scan-view.ts';
import { openFiles } from '../iceberg/scan.ts';
import { fieldIndex, openTarget, scanTarget, type Target } from '../iceberg/target.ts';
import { writePartition, writeRows } from '../iceberg/write.ts';
import type { Expression, QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import { quoteName } from '../sql/types.ts';
import { whereSql } from './delete.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/**
 * `OPTIMIZE table REWRITE DATA USING BIN_PACK [WHERE condition]`
 * (https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html). Athena gives it the kind of a CTAS.
 */
export const parseOptimize = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('OPTIMIZE')) return undefined;
  cursor.noBackticks();
  const name = parseQualifiedName(cursor);
  cursor.expect('REWRITE', 'DATA', 'USING', 'BIN_PACK');
  const where = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : undefined;
  cursor.end();
  return {
    type: 'DDL',
    kind: 'CREATE_TABLE_AS_SELECT',
    run: (session) => failingAsAthena(() => runOptimize(name, where, session)),
  };
};

const REFUSALS = {
  view: 'Optimizing views is not supported',
  other: 'OPTIMIZE is only supported for Iceberg tables',
};

const runOptimize = async (
  name: QualifiedName,
  where: Expression | undefined,
  session: Session,
): Promise<Outcome> => {
  const opened = openTarget(session, { name, place: target(name, session) }, REFUSALS);
  const wanted = await filesWanted(where, opened, session);
  const plan = await planCompaction(session, opened.table.metadata, wanted);
  if (plan.groups.length > 0) await withDraft(session, (draft) => rewrite(session, draft, opened, plan));
  if (plan.more)
    throw new SqlError(
      'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED',
      'Some partitions are optimized; OPTIMIZE must be run again for the others',
    );
  return lines([], []);
};

/** Which files hold a row the condition wants. */
const filesWanted = async (
  where: Expression | undefined,
  opened: Target,
  session: Session,
): Promise<(file: DataFile) => boolean> => {
  if (!where) return () => true;
  refuseOtherColumns(where, opened);
  const { alias } = opened.use;
  const sql = `SELECT DISTINCT ${alias}.${FILE_COLUMN} FROM ${alias}${whereSql(where, opened)}`;
  const scan = await scanTarget(session, opened);
  const reader = await session.connection.runAndReadAll(sql);
  const paths = new Set(reader.getRows().map(([number]) => scan.files[Number(number)]?.file.path));
  return (file) => paths.has(file.path);
};

const refuseOtherColumns = (where: Expression, { table, fields }: Target) => {
  const sources = new Set(specOf(table.metadata).fields.map((field) => field['source-id']));
  const partition = new Set(
    fields.filter((field) => sources.has(field.id)).map((field) => field.name.toLowerCase()),
  );
  const named = namesIn(where).find((name) => fieldIndex(fields, name) >= 0 && !partition.has(name));
  if (named !== undefined)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Only partition columns are allowed in the WHERE clause of OPTIMIZE: ${named}`,
      where.at,
    );
};

/** Every name an expression has, at any depth. */
const namesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'kind' in value && value.kind === 'name' && 'name' in value ? [String(value.name)] : [];
  return [...own, ...Object.values(value).flatMap(namesIn)];
};

/** Writes the rows of the chosen files anew, partition by partition, and puts the new files in their place. */
const rewrite = async (session: Session, draft: Draft, opened: Target, plan: CompactionPlan) => {
  const { table, fields, analysis } = opened;
  const { metadata } = table;
  const snapshot = snapshotOf(metadata);
  const items = fields
    .map((field, index) => `${quoteName(field.name.toLowerCase())} AS c${index}`)
    .join(', ');
  const request = currentScan(table.glue.Name, metadata, snapshot);
  const added: DataFile[] = [];
  let bytes = 0;
  for (const group of plan.groups) {
    const alias = analysis.fresh('t');
    const live = { data: group, deletes: plan.deletes };
    const scan = await openFiles(session, alias, request, live);
    bytes += scan.opened.bytes(fields.map((field) => [field.name]));
    session.scanned(bytes);
    const rows = `SELECT ${items} FROM ${alias}`;
    const { specId, partition } = (group[0] as Entry).file;
    added.push(
      ...(specId === metadata['default-spec-id']
        ? await writePartition(session, draft, metadata, rows, partition)
        : await writeRows(session, draft, metadata, rows)),
    );
  }
  const removed = [...plan.groups.flat().map(({ file }) => file), ...plan.obsolete];
  await commitChange(session, draft, table, {
    operation: 'replace',
    added,
    removed,
    ...(snapshot && { sequence: BigInt(snapshot['sequence-number']) }),
    needs: removed.map((file) => file.path),
    tolerance: 'appends',
  });
};
