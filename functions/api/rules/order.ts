import type { PlainRecord } from '../../../core/http/patch.ts';
import { ProblemError } from '../../../core/http/problem.ts';
import type { Issue } from '../../../core/schema/issues.ts';
import type { Change, Consequences, Rule, RuleContext, Verdict } from './rule.ts';

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

/** Pieces by product: two lines of one product are one reservation. */
const wantedOf = (lines: readonly DraftLine[]): ReadonlyMap<string, number> => {
  const wanted = new Map<string, number>();
  for (const { productId, quantity } of lines) wanted.set(productId, (wanted.get(productId) ?? 0) + quantity);
  return wanted;
};

/** Throws ProblemError `out-of-stock` that names every line of which there is less than the order wants. */
const checkStock = (lines: readonly DraftLine[], products: Products): void => {
  const wanted = wantedOf(lines);
  const errors = lines.flatMap(({ productId }, index) => {
    const available = Number(products.get(productId)?.stock);
    const pieces = wanted.get(productId) ?? 0;
    return pieces > available ? [issue(`/lines/${index}`, `Wanted ${pieces}, available ${available}`)] : [];
  });
  if (errors.length === 0) return;
  throw new ProblemError(
    'out-of-stock',
    'Nothing was ordered: some lines want more than there is. Order less of them.',
    {
      errors,
    },
  );
};

/** Takes the pieces off the shelves, at the price the order was made at. */
const reserve = (lines: readonly DraftLine[], products: Products): Change[] =>
  [...wantedOf(lines)].map(([productId, pieces]) => ({
    entity: 'product',
    key: productId,
    add: { stock: -pieces },
    while: { price: price(products, productId) },
  }));

/** Puts the pieces back on the shelves of the products that are still sold. */
const restock = async (record: PlainRecord, { read }: RuleContext): Promise<Consequences> => {
  const wanted = wantedOf((record as unknown as Draft).lines);
  const products = await read('product', [...wanted.keys()]);
  return {
    changes: [...wanted]
      .filter(([productId]) => products.has(productId))
      .map(([productId, pieces]) => ({ entity: 'product', key: productId, add: { stock: pieces } })),
  };
};

const holdsStock = ({ status }: PlainRecord): boolean => status === 'placed' || status === 'paid';

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
      placedAt: now.toISOString(),
    },
  };
};

/**
 * An order is of known products, for a known customer, at the price the product has now. Placing it takes its pieces
 * off the shelves; cancelling it, or deleting it before it has shipped, puts them back.
 */
export const orderRule = {
  beforeCreate: async (draft: PlainRecord, { read, now }: RuleContext): Promise<Verdict> => {
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
    if (currencies.length > 0) return { issues: currencies };
    const verdict = priced(order, products, now);
    if (verdict.issues) return verdict;
    checkStock(order.lines, products);
    return { ...verdict, changes: reserve(order.lines, products) };
  },
  beforeAction: { cancel: restock },
  beforeDelete: async (record: PlainRecord, context: RuleContext): Promise<Consequences> =>
    holdsStock(record) ? restock(record, context) : {},
} satisfies Rule;
