import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { isBreak, PARTIES, type Change, type Party } from '../../core/evolution/change.ts';
import type { Comparison } from './comparison.ts';

type Colour = 'red' | 'yellow' | 'green' | 'bold';

/** Coloured where the answer goes to a terminal that shows colours. */
const coloured = (colour: Colour, text: string): string =>
  styleText(colour, text, { stream: process.stdout });

const markOf = (change: Change): string => {
  if (isBreak(change)) return coloured('red', '✗');
  return change.notice === undefined ? coloured('green', '+') : coloured('yellow', '!');
};

const detail = (title: string, text: string): string => `      ${title.padEnd(21)} ${text}`;

const detailsOf = ({ breaks = {}, cure, notice }: Change): string[] => [
  ...Object.entries(breaks).map(([party, why]) => detail(`breaks ${PARTIES[party as Party]}:`, why)),
  ...(cure === undefined ? [] : [detail('instead:', cure)]),
  ...(notice === undefined ? [] : [detail('to know:', notice)]),
];

const linesOf = (change: Change): string[] => [
  `  ${markOf(change)} ${change.place} ${change.what}`,
  ...detailsOf(change),
];

/** Changes for people, by file: what changed, whom it breaks and why, and what to do instead. */
export const shown = (changes: readonly Change[], { path }: Comparison): string =>
  Object.entries(Object.groupBy(changes, ({ file }) => file))
    .flatMap(([file, some = []]) => [coloured('bold', join(dirname(path), file)), ...some.flatMap(linesOf)])
    .join('\n');
