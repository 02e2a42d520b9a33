import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { pageItem, versionOf, type InsightVersion } from '../../../core/insights/items.ts';
import { cutPages, type Page } from '../../../core/insights/pages.ts';
import { VERSION } from '../../../core/insights/table.ts';
import {
  checkColumns,
  toInsightRow,
  type InsightColumn,
  type InsightRow,
  type TextRow,
} from '../../../core/insights/values.ts';
import type { PublishPorts } from './ports.ts';
import { currentRequest, noteRequest, switchRequest } from './requests.ts';
import { retire } from './retire.ts';
import { writePages } from './write-pages.ts';

/** An answer to publish. */
export interface NewInsight {
  /** Name of the mart. */
  readonly name: string;
  /**
   * Which making of the answer this is: a later one sorts later, such as `20261125t120000`. The same version has the same
   * rows, however often it is published.
   */
  readonly version: string;
  /** When the answer was made, ISO 8601. */
  readonly builtAt: string;
  readonly columns: readonly InsightColumn[];
  /** In order of the mart's key. Read once, and not at all when the version is published already. */
  readonly rows: AsyncIterable<TextRow>;
}

/** What is current now: the version that was asked for, or a later one, which is left as it is. */
export interface Published {
  readonly current: string;
  /** Rows that were written; undefined when none had to be. */
  readonly rows: number | undefined;
}

const toRows = async function* ({ columns, rows }: NewInsight): AsyncGenerator<InsightRow> {
  for await (const row of rows) yield toInsightRow(columns, row);
};

/** The version that is current after the switch: ours, or a later one that was there before it. */
const switchTo = async (
  { store, table }: PublishPorts,
  { name, columns }: NewInsight,
  version: InsightVersion,
  first: Page,
): Promise<string> => {
  try {
    await store.put(switchRequest(table, name, { ...version, columns, items: first.items }));
    return version.version;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item) return versionOf(error.Item).version;
    throw error;
  }
};

const writeVersion = async (ports: PublishPorts, insight: NewInsight): Promise<Published> => {
  const { name, version, columns } = insight;
  const builtAt = new Date(insight.builtAt).toISOString();
  const pages = cutPages(name, toRows(insight));
  const toItem = (page: Page, position: number) =>
    pageItem(name, version, position, { columns, items: page.items });
  const { first, count, rows } = await writePages(ports, pages, toItem);
  const current = await switchTo(ports, insight, { version, builtAt, rows, pages: count }, first);
  return { current, rows };
};

const currentVersion = async ({ store, table }: PublishPorts, name: string): Promise<string> =>
  (await store.get(currentRequest(table, name)))?.version?.S ?? '';

const check = ({ name, version, columns }: NewInsight): void => {
  if (!VERSION.test(version)) throw new TypeError(`"${version}" is no version of an insight`);
  checkColumns(name, columns);
};

/**
 * Publishes an answer: its pages first, then, in one write, the head that leads to them. Readers see the version before or
 * this one, whole, whenever it stops; asked again, it goes on. Pages of earlier versions stay for a day, so that whoever is
 * reading one gets to its end. Throws InsightError for an answer that cannot be published.
 *
 * @example
 * await publishInsight(ports, { name: 'daily_revenue', version: '20261125t120000', builtAt, columns, rows });
 */
export const publishInsight = async (ports: PublishPorts, insight: NewInsight): Promise<Published> => {
  const { store, table } = ports;
  const { name, version } = insight;
  check(insight);
  const before = await currentVersion(ports, name);
  if (before > version) return { current: before, rows: undefined };
  const { versions } = await store.update(noteRequest(table, name, version));
  const published =
    before === version ? { current: version, rows: undefined } : await writeVersion(ports, insight);
  const earlier = (versions?.SS ?? []).filter((noted) => noted < published.current);
  for (const one of earlier) await retire(ports, name, one);
  return published;
};
