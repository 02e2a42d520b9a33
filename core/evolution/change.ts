/** Who a change may break, in words. Requests and answers are the two sides of API clients. */
export const PARTIES = {
  stored: 'stored items',
  requests: 'API clients',
  answers: 'API clients',
  lake: 'the lake',
} as const;

export type Party = keyof typeof PARTIES;

/** Why it breaks whom. */
export type Breaks = Readonly<Partial<Record<Party, string>>>;

/** One difference of a schema, at its place below the schema's name: `lines[].quantity`. */
export interface Difference {
  readonly place: string;
  readonly what: string;
  readonly breaks?: Breaks;
  /** What to do where it breaks something. */
  readonly cure?: string;
  /** What to know where it breaks nothing. */
  readonly notice?: string;
}

/** A difference with the schema it is of and the file that schema is in. */
export interface Change extends Difference {
  readonly schema: string;
  readonly file: string;
}

/** Whether somebody breaks. */
export const isBreak = ({ breaks = {} }: Difference): boolean => Object.keys(breaks).length > 0;

/** Who breaks, in words, each once. */
export const brokenBy = ({ breaks = {} }: Difference): string[] => [
  ...new Set(Object.keys(breaks).map((party) => PARTIES[party as Party])),
];

/** The difference for some parties alone. */
export const onlyFor = (difference: Difference, parties: readonly Party[]): Difference => {
  const entries = Object.entries(difference.breaks ?? {});
  return {
    ...difference,
    breaks: Object.fromEntries(entries.filter(([party]) => parties.includes(party as Party))),
  };
};

/** What two records hold of one name. */
export interface Pair<T> {
  readonly name: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

type Named<T> = Readonly<Record<string, T>>;

const own = <T>(record: Named<T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Every name of two records in order, with what each holds of it. */
export const pairs = <T>(before: Named<T>, after: Named<T>): Pair<T>[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .map((name) => ({ name, before: own(before, name), after: own(after, name) }));

/** Whether two lists of words are the same, order included. */
export const same = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The words of a list that another has not. */
export const missingFrom = (list: readonly string[] = [], words: readonly string[] = []): string[] =>
  words.filter((word) => !list.includes(word));

/** Words as a person reads them. */
export const list = (words: readonly string[]): string => words.join(', ');
