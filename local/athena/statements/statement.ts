import type { Analysis } from '../analyze/scope.ts';
import { resultColumn, type ResultColumn, type Row } from '../engine/result.ts';
import type { IcebergContext } from '../iceberg/context.ts';
import { BIGINT } from '../sql/types.ts';

/** What a statement runs with. Its connection to the engine is its alone. */
export interface Session extends IcebergContext {
  readonly database: string | undefined;
  readonly now: Date;
  /** Looks a table up in the name of whoever asked; throws what Athena would. */
  readonly find: Analysis['find'];
  /** Told the bytes the statement reads, before it reads them; throws when the workgroup allows fewer. */
  scanned(bytes: number): void;
}

export interface Outcome {
  readonly columns: readonly ResultColumn[];
  /** Pages of rows, read once. */
  readonly pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
  /** Rows a statement wrote. It then has no result file. */
  readonly updateCount?: number;
}

/** A statement that parsed. Each kind is a file of this folder. */
export interface Statement {
  readonly type: 'DML' | 'DDL' | 'UTILITY';
  /** Athena's SubstatementType: `SELECT`, `CREATE_VIEW`. */
  readonly kind: string;
  run(session: Session): Promise<Outcome>;
}

/** The outcome of a statement that wrote rows. */
export const written = (updateCount: number): Outcome => ({
  columns: [resultColumn('rows', BIGINT)],
  pages: [],
  updateCount,
});

/** The outcome of a statement that only prints lines. */
export const lines = (columns: readonly ResultColumn[], texts: readonly string[]): Outcome => ({
  columns,
  pages: [texts.map((text) => [text])],
});
