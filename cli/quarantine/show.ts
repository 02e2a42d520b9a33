import { namesOf } from '../../core/deployment.ts';
import { TOKENS } from '../../core/privacy/token.ts';
import type { Revealed } from '../../core/privacy/reveal.ts';
import { isTakenApart, type Entry } from '../../core/quarantine/entry.ts';
import { linesOf, parseErrorLine } from '../../core/quarantine/error-line.ts';
import { quarantinedSchema, rejectedSchema } from '../../core/quarantine/quarantined.ts';
import { rowsOf } from '../../core/quarantine/rows.ts';
import { idOfRows } from '../../core/quarantine/entry.ts';
import { parseJson, textOf } from '../../core/quarantine/text.ts';
import { UserError } from '../errors.ts';
import { revealTokens } from '../query/reveal.ts';
import { print, say } from '../terminal.ts';
import { withQuarantine, type Quarantine, type QuarantineOptions } from './open.ts';
import { readObject } from './read.ts';
import { select } from './select.ts';

const rowsIn = (rawData: string): unknown => rowsOf(rawData)?.map(({ columns }) => columns) ?? null;

const isOf = (entry: Entry, rawData: string): boolean =>
  idOfRows((rowsOf(rawData) ?? []).map(({ eventId }) => eventId)) === entry.id;

/** The rows of one line of an error object, found again by the ids of their events. */
const rowsOfLine = (entry: Entry, text: string): unknown => {
  const lines = linesOf(text).flatMap(({ line }) => parseErrorLine(line) ?? []);
  const found = lines.find(({ rawData }) => isOf(entry, rawData));
  return found ? rowsIn(found.rawData) : null;
};

/** What an entry keeps, personal values sealed. What AWS wrote in clear is not shown: it is sealed first. */
const contentOf = (entry: Entry, text: string): unknown => {
  if (entry.place === 'firehose')
    return isTakenApart(entry)
      ? rowsIn(rejectedSchema.safeParse(parseJson(text)).data?.rawData ?? '')
      : rowsOfLine(entry, text);
  return isTakenApart(entry) ? (quarantinedSchema.safeParse(parseJson(text)).data?.sealed ?? null) : null;
};

const inClear = (value: unknown, outcomes: ReadonlyMap<string, Revealed>): unknown => {
  if (typeof value === 'string') {
    const outcome = outcomes.get(value);
    return outcome && 'value' in outcome ? outcome.value : value;
  }
  if (Array.isArray(value)) return value.map((one) => inClear(one, outcomes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inClear(one, outcomes)]));
};

const revealed = async ({ client, stage }: Quarantine, content: unknown): Promise<unknown> => {
  const tokens = [...new Set(JSON.stringify(content).match(TOKENS) ?? [])];
  if (tokens.length === 0) return content;
  const outcomes = await revealTokens(client, namesOf(stage).function('reveal'), tokens);
  const refused = [...outcomes.values()].filter((outcome) => 'refused' in outcome).length;
  if (refused > 0) say(`${refused} sealed values cannot be read: the person was erased, or it is no token.`);
  return inClear(content, outcomes);
};

/** A sealed record is a long token, which tells people nothing. */
const shownOf = (content: unknown): string[] => {
  if (content === null) return [];
  if (typeof content === 'string')
    return ['', 'The record is sealed; --reveal shows it to whoever may see it.'];
  return ['', JSON.stringify(content, null, 2)];
};

const sentence = (entry: Entry, content: unknown): string => {
  const { id: _, ...rest } = entry;
  const lines = Object.entries(rest).map(
    ([name, value]) => `${name.padEnd(7)} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [`id      ${entry.id}`, ...lines, ...shownOf(content)].join('\n');
};

/** Prints an entry and what it keeps: personal values sealed, or in clear for whoever may. */
export const show = async (
  id: string,
  { reveal, ...options }: QuarantineOptions & { readonly reveal?: boolean },
): Promise<void> =>
  withQuarantine(options, async (quarantine) => {
    const [entry] = select(await quarantine.entries(), { ids: [id] });
    if (!entry) return;
    if (reveal && entry.place === 'mapping' && !isTakenApart(entry))
      throw new UserError(
        'It lies as AWS wrote it, and is not sealed yet.',
        'Replay it, or wait a quarter of an hour for the function that seals it.',
      );
    const bytes = await readObject(quarantine.s3, quarantine.bucket, entry.object);
    const sealed = contentOf(entry, textOf(bytes ?? new Uint8Array()) ?? '');
    const content = reveal ? await revealed(quarantine, sealed) : sealed;
    print(options.json ? JSON.stringify({ ...entry, content }, null, 2) : sentence(entry, content));
  });
