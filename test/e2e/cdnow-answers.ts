import type { Purchase } from './cdnow.ts';

/** What the file alone says, without anything of the product: by customer, by month, in whole days. */
const DAY_MS = 24 * 60 * 60 * 1000;

const msOf = (day: string): number =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));

const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(4, 6)) - 1;

const monthName = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;

const byCustomer = (purchases: readonly Purchase[]): [string, Purchase[]][] =>
  Object.entries(Object.groupBy(purchases, ({ customer }) => `c${customer}`)).map(([key, own = []]) => [
    key.slice(1),
    own,
  ]);

/** Purchases, buyers, cents and CDs. */
export const factsOfFile = (purchases: readonly Purchase[]) => ({
  orders: purchases.length,
  customers: new Set(purchases.map(({ customer }) => customer)).size,
  cents: purchases.reduce((sum, { cents }) => sum + cents, 0),
  units: purchases.reduce((sum, { units }) => sum + units, 0),
});

/** Of those who first bought in a month, how many bought so many months later: text of the months, and the count. */
export const cohortsOfFile = (purchases: readonly Purchase[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const [, own] of byCustomer(purchases)) {
    const months = new Set(own.map(({ day }) => monthOf(day)));
    const first = Math.min(...months);
    for (const month of months) {
      const key = `${monthName(first)} ${month - first}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
};

/** Recency, frequency, money, tenure and mean gap of each customer at a day. */
export const featuresOfFile = (
  purchases: readonly Purchase[],
  at: string,
): Map<string, (number | undefined)[]> => {
  const known = purchases.filter(({ day }) => day <= at);
  return new Map(
    byCustomer(known).map(([customer, own]) => {
      const days = own.map(({ day }) => (msOf(at) - msOf(day)) / DAY_MS);
      const [recency, tenure, count] = [Math.min(...days), Math.max(...days), own.length];
      const spent = own.reduce((sum, { cents }) => sum + cents, 0);
      return [
        customer,
        [recency, count, spent, tenure, count > 1 ? (tenure - recency) / (count - 1) : undefined],
      ];
    }),
  );
};
