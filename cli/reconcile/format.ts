import Table from 'cli-table3';
import { count, counted } from '../terminal.ts';
import type { Comparison, Difference, Outcome } from './outcome.ts';

/** Characters that would move the cursor or colour the terminal. */
// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

const keyOf = ({ key }: Difference): string =>
  Object.entries(key)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
    .replaceAll(CONTROL, '\uFFFD');

const tableSide = ({ table }: Difference): string => (table ? `version ${table.version}` : 'nothing');

const lakeSide = ({ lake }: Difference): string => {
  if (!lake) return 'nothing';
  return lake.operation === 'remove' ? 'removed' : `version ${lake.version}`;
};

const differencesTable = (found: readonly Difference[]): string => {
  const table = new Table({ head: ['difference', 'key', 'table', 'lake'], style: { head: [], border: [] } });
  for (const one of found) table.push([one.kind, keyOf(one), tableSide(one), lakeSide(one)]);
  return table.toString();
};

const equalSentence = ({ name, records, deep, exportTime }: Outcome): string =>
  `${name}: equal. ${counted(records, 'record')} at ${exportTime}, each in the lake ${deep ? 'as it is' : 'at its version'}.`;

const differentSentence = (outcome: Outcome): string => {
  const { name, differences, isComplete, records, exportTime } = outcome;
  const atLeast = isComplete ? '' : 'at least ';
  return `${name}: different. ${atLeast}${counted(differences, 'key')} of ${counted(records, 'record')} at ${exportTime}:`;
};

const notes = ({ found, differences, moving, document }: Outcome): string[] => [
  ...(found.length < differences
    ? [`${count(differences - found.length)} more are named in ${document} of the lake bucket.`]
    : []),
  ...(moving > 0
    ? [`${counted(moving, 'key')} changed whenever they were looked at; the next comparison sees them.`]
    : []),
];

const entityLines = (outcome: Outcome): string[] => [
  ...(outcome.repaired > 0
    ? [
        `${outcome.name}: repaired. ${counted(outcome.repaired, 'key')} sent to the lake anew, and compared again:`,
      ]
    : []),
  ...(outcome.isEqual
    ? [equalSentence(outcome)]
    : [differentSentence(outcome), differencesTable(outcome.found)]),
  ...notes(outcome),
];

/** What a comparison found, for people. */
export const comparisonText = ({ outcomes }: Comparison): string => outcomes.flatMap(entityLines).join('\n');
