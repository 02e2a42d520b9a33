import { commitMetadata } from '../iceberg/commit.ts';
import { refuseReserved } from '../iceberg/create.ts';
import { withDraft } from '../iceberg/draft.ts';
import { addColumns, changeColumn, dropColumn, type ColumnChange } from '../iceberg/evolve.ts';
import { schemaOf, type TableMetadata } from '../iceberg/metadata.ts';
import { icebergProperties, removedProperties } from '../iceberg/properties.ts';
import { icebergTable } from '../iceberg/target.ts';
import type { QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { notTranslated } from '../sql/error.ts';
import { hiveIdentifier, hiveString, parseColumn, parseColumns, parseProperties } from './ddl.ts';
import { parseHiveName } from './hive-name.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/** A change of a table's metadata, and the SubstatementType Athena gives it. */
interface Alteration {
  readonly kind: string;
  readonly change: (metadata: TableMetadata) => TableMetadata;
}

/**
 * `ALTER TABLE` of Iceberg tables: ADD COLUMNS, DROP COLUMN, CHANGE COLUMN, SET and UNSET TBLPROPERTIES
 * (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html).
 */
export const parseAlterTable = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('ALTER', 'TABLE')) return undefined;
  const name = parseHiveName(cursor);
  const { kind, change } = parseAlteration(cursor);
  cursor.end();
  return { type: 'DDL', kind, run: (session) => runAlter(name, change, session) };
};

const parseAlteration = (cursor: Cursor): Alteration => {
  const at = cursor.peek();
  if (cursor.accept('ADD', 'COLUMNS')) {
    const columns = parseColumns(cursor);
    return { kind: 'ALTER_TABLE_ADD_COLUMN', change: (metadata) => addColumns(metadata, columns) };
  }
  if (cursor.accept('DROP', 'COLUMN')) {
    const column = hiveIdentifier(cursor);
    return { kind: 'ALTER_TABLE_DROP_COLUMN', change: (metadata) => dropColumn(metadata, column, at) };
  }
  if (cursor.accept('CHANGE')) {
    const column = parseChange(cursor);
    return { kind: 'ALTER_TABLE_CHANGE_COLUMN', change: (metadata) => changeColumn(metadata, column) };
  }
  if (cursor.accept('SET', 'TBLPROPERTIES')) {
    const properties = icebergProperties(parseProperties(cursor), true);
    return { kind: 'ALTER_TABLE_PROPERTIES', change: (metadata) => withProperties(metadata, properties) };
  }
  if (cursor.accept('UNSET', 'TBLPROPERTIES')) {
    const keys = removedProperties(cursor.parenthesized(() => cursor.list(() => hiveString(cursor))));
    return { kind: 'ALTER_TABLE_PROPERTIES', change: (metadata) => withoutProperties(metadata, keys) };
  }
  throw notTranslated(`ALTER TABLE … ${at.text}`, at);
};

/** `CHANGE [COLUMN] old new type [COMMENT '…'] [FIRST | AFTER column]`. */
const parseChange = (cursor: Cursor): ColumnChange => {
  cursor.accept('COLUMN');
  const name = hiveIdentifier(cursor);
  const definition = parseColumn(cursor);
  if (cursor.accept('FIRST')) return { name, definition, position: { after: undefined } };
  if (!cursor.accept('AFTER')) return { name, definition };
  return { name, definition, position: { after: hiveIdentifier(cursor) } };
};

const withProperties = (
  metadata: TableMetadata,
  properties: Readonly<Record<string, string>>,
): TableMetadata => ({ ...metadata, properties: { ...metadata.properties, ...properties } });

const withoutProperties = (metadata: TableMetadata, keys: readonly string[]): TableMetadata => ({
  ...metadata,
  properties: Object.fromEntries(Object.entries(metadata.properties).filter(([key]) => !keys.includes(key))),
});

const REFUSALS = {
  view: 'The local cloud alters Iceberg tables only',
  other: 'The local cloud alters Iceberg tables only',
};

const runAlter = async (
  name: QualifiedName,
  change: (metadata: TableMetadata) => TableMetadata,
  session: Session,
): Promise<Outcome> => {
  const table = icebergTable(session, target(name, session), name.at, REFUSALS);
  await withDraft(session, (draft) =>
    commitMetadata(session, draft, table, (metadata) => {
      const next = change(metadata);
      refuseReserved(schemaOf(next).fields, name.at);
      return next;
    }),
  );
  return lines([], []);
};
