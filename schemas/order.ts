import { entity, id, money, timestamp, z } from '../core/schema/index.ts';

const line = z.object({
  productId: id().meta({ description: 'The product bought' }),
  quantity: z.int().min(1).max(10_000).meta({ description: 'Pieces bought' }),
  amount: money().meta({
    readOnly: true,
    description: 'What the line costs: price at the time, times quantity',
  }),
});

export const order = entity({
  name: 'order',
  description: 'A purchase by one customer',
  fields: {
    customerId: id().meta({ immutable: true, description: 'Who bought' }),
    lines: z.array(line).min(1).max(90).meta({ immutable: true, description: 'What was bought' }),
    total: money().meta({ readOnly: true, description: 'Sum of the lines' }),
    status: z
      .enum(['placed', 'paid', 'shipped', 'delivered', 'cancelled'])
      .default('placed')
      .meta({ readOnly: true, description: 'How far the order has come' }),
    placedAt: timestamp().meta({ readOnly: true, description: 'When the customer bought' }),
    note: z
      .string()
      .max(1000)
      .optional()
      .meta({ personal: true, description: 'What the customer wants us to know' }),
  },
  unnest: { lines: 'order_lines' },
  indexes: { byCustomer: ['customerId', 'placedAt'], byStatus: ['status', 'placedAt'] },
  references: { customerId: { entity: 'customer', onDelete: 'refuse' } },
  actions: {
    pay: { description: 'The customer has paid', from: ['placed'], to: 'paid' },
    ship: { description: 'The goods have left the store', from: ['paid'], to: 'shipped' },
    deliver: { description: 'The customer has the goods', from: ['shipped'], to: 'delivered' },
    cancel: {
      description: 'The order is off, and its goods can be sold again',
      from: ['placed', 'paid'],
      to: 'cancelled',
    },
  },
  access: {
    owner: 'customerId',
    create: ['owner', 'group:staff'],
    read: ['owner', 'group:staff', 'scope:orders.read'],
    actions: { cancel: ['owner', 'group:staff'] },
  },
  erase: 'anonymise',
});
