import type { PlainRecord } from '../../../core/http/patch.ts';
import type { Issue } from '../../../core/schema/issues.ts';
import type { Rule, Verdict } from './rule.ts';

interface Money {
  readonly amount: number;
  readonly currency: string;
}

interface DraftLine {
  readonly productId: string;
  readonly quantity: number;
}

interface Draft {
  readonly customerId: string;
  readonly lines: readonly DraftLine[];
}

type Products = ReadonlyMap<string, PlainRecord>;

const issue = (pointer: string, message: string): Issue => ({ pointer, message });

const price = (products: Products, productId: string): Money => products.get(productId)?.price as Money;

const unknownParts = ({ customerId, lines }: Draft, products: Products, customers: Products): Issue[] => [
  ...(customers.has(customerId) ? [] : [issue('/customerId', 'There is no such customer')]),
  ...lines.flatMap(({ productId }, index) =>
    products.has(productId) ? [] : [issue(`/lines/${index}/productId`, 'There is no such product')],
  ),
];

const currencyIssues = (lines: readonly DraftLine[], products: Products): Issue[] => {
  const first = lines[0] && price(products, lines[0].productId).currency;
  return lines.flatMap(({ productId }, index) => {
    const { currency } = price(products, productId);
    return currency === first
      ? []
      : [
          issue(
            `/lines/${index}/productId`,
            `Priced in ${currency}, but the first line in ${first}: order them apart`,
          ),
        ];
  });
};

const amountOf = ({ productId, quantity }: DraftLine, products: Products): Money => {
  const { amount, currency } = price(products, productId);
  return { amount: amount * quantity, currency };
};

const sizeIssues = (amounts: readonly Money[], total: Money): Issue[] => {
  const lines = amounts.flatMap(({ amount }, index) =>
    Number.isSafeInteger(amount)
      ? []
      : [issue(`/lines/${index}/quantity`, 'The amount is too large to be exact')],
  );
  if (lines.length > 0 || Number.isSafeInteger(total.amount)) return lines;
  return [issue('/lines', 'The total is too large to be exact')];
};

/** What the lines cost now. Exact: amounts are whole minor units, and past 2^53 the order is refused. */
const priced = ({ lines }: Draft, products: Products, now: Date): Verdict => {
  const amounts = lines.map((line) => amountOf(line, products));
  const total = {
    amount: amounts.reduce((sum, { amount }) => sum + amount, 0),
    currency: amounts[0]?.currency ?? '',
  };
  const issues = sizeIssues(amounts, total);
  if (issues.length > 0) return { issues };
  return {
    fields: {
      lines: lines.map((line, index) => ({ ...line, amount: amounts[index] })),
      total,
      status: 'placed',
      placedAt: now.toISOString(),
    },
  };
};

/** An order is of known products, for a known customer, at the price the product has now. */
export const orderRule: Rule = {
  beforeCreate: async (draft, { read, now }) => {
    const order = draft as unknown as Draft;
    const [products, customers] = await Promise.all([
      read(
        'product',
        order.lines.map(({ productId }) => productId),
      ),
      read('customer', [order.customerId]),
    ]);
    const unknown = unknownParts(order, products, customers);
    if (unknown.length > 0) return { issues: unknown };
    const currencies = currencyIssues(order.lines, products);
    return currencies.length > 0 ? { issues: currencies } : priced(order, products, now);
  },
};
