import { headKey, pageKey } from './table.ts';
import type { InsightColumn, InsightRow } from './values.ts';

/** What all pages of a version have in common. */
export interface InsightVersion {
  readonly version: string;
  /** When the answer was made, ISO 8601. */
  readonly builtAt: string;
  /** How many rows and pages there are. */
  readonly rows: number;
  readonly pages: number;
}

/** The rows of a page, and what they are. */
export interface InsightPage {
  readonly columns: readonly InsightColumn[];
  /** JSON array of rows. */
  readonly items: string;
}

/** An attribute value of DynamoDB, of the types these items have. */
interface Attribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
}

type Item = Readonly<Record<string, Attribute>>;

const pageAttributes = ({ columns, items }: InsightPage) => ({
  columns: { S: JSON.stringify(columns) },
  items: { S: items },
});

/** The item of a current version with its first page. Whoever replaces it switches all readers at once. */
export const headItem = (name: string, head: InsightVersion & InsightPage) => ({
  ...headKey(name),
  version: { S: head.version },
  builtAt: { S: head.builtAt },
  rows: { N: String(head.rows) },
  pages: { N: String(head.pages) },
  ...pageAttributes(head),
});

/** The item of a page after the first. */
export const pageItem = (name: string, version: string, position: number, page: InsightPage) => ({
  ...pageKey(name, version, position),
  ...pageAttributes(page),
});

const textOf = (item: Item, attribute: string): string => item[attribute]?.S ?? '';

/** The version that a head speaks of. */
export const versionOf = (item: Item): InsightVersion => ({
  version: textOf(item, 'version'),
  builtAt: textOf(item, 'builtAt'),
  rows: Number(item.rows?.N),
  pages: Number(item.pages?.N),
});

/** The rows of a head or page. */
export const rowsOf = (item: Item): { columns: InsightColumn[]; items: InsightRow[] } => ({
  columns: JSON.parse(textOf(item, 'columns')) as InsightColumn[],
  items: JSON.parse(textOf(item, 'items')) as InsightRow[],
});

/** Whether a page is past its time. DynamoDB sweeps it within days. */
export const hasExpired = (item: Item, now: Date): boolean =>
  item.expiresAt?.N !== undefined && Number(item.expiresAt.N) * 1000 <= now.getTime();
