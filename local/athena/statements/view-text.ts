import * as z from 'zod';
import { SqlError } from '../sql/error.ts';

const definition = z.object({
  originalSql: z.string(),
  catalog: z.string().optional(),
  schema: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

export type ViewDefinition = z.infer<typeof definition>;

/** A view as Athena keeps it in the catalogue's ViewOriginalText. */
export const encodeView = (view: ViewDefinition): string =>
  `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;

/** The view in a ViewOriginalText; throws VIEW_IS_STALE for a text of another form, such as a Hive view's. */
export const decodeView = (text: string, name: string): ViewDefinition => {
  const encoded = /^\/\* Presto View: (.*?) \*\/$/.exec(text)?.[1];
  try {
    return definition.parse(JSON.parse(Buffer.from(encoded ?? '', 'base64').toString('utf8')));
  } catch {
    throw new SqlError('INVALID_VIEW', `View '${name}' has no definition the local cloud can read`);
  }
};
