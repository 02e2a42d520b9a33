import type { IcebergContext } from './context.ts';
import { commitChange } from './commit.ts';
import { deleteRows } from './delete-files.ts';
import { withDraft } from './draft.ts';
import type { Scan } from './scan.ts';
import type { Target } from './target.ts';
import { writeRows } from './write.ts';

/** Rows of a target that go, and rows that come, as queries over what a statement has worked out. */
export interface RowChange {
  readonly target: Target;
  readonly scan: Scan;
  /** Gives `"$file"` and `"$pos"` of rows that go. */
  readonly deleted: string;
  /** Gives `c0`, `c1`, … of rows that come. */
  readonly inserted?: string;
}

/** Writes and commits a change of rows as one snapshot: of everything or of nothing. */
export const changeRows = (context: IcebergContext, change: RowChange): Promise<void> =>
  withDraft(context, async (draft) => {
    const { table, use } = change.target;
    const { metadata } = table;
    const deletion = await deleteRows(context, draft, metadata, {
      scan: change.scan,
      alias: use.alias,
      sql: change.deleted,
    });
    const rows =
      change.inserted === undefined ? [] : await writeRows(context, draft, metadata, change.inserted);
    const added = [...rows, ...deletion.added];
    if (added.length === 0 && deletion.removed.length === 0) return;
    await commitChange(context, draft, table, {
      operation: rows.length > 0 ? 'overwrite' : 'delete',
      added,
      removed: deletion.removed,
      needs: deletion.touched.map((file) => file.path),
      tolerance: 'rewrites',
    });
  });
