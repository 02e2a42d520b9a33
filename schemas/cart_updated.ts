import { event, id, z } from '../core/schema/index.ts';

const item = z.object({
  productId: id().meta({ description: 'The product in the cart' }),
  quantity: z.int().min(0).max(10_000).meta({ description: 'Pieces now in the cart' }),
});

export const cartUpdated = event({
  name: 'cart_updated',
  description: 'Somebody changed their cart',
  access: { create: ['authenticated'] },
  subject: 'customerId',
  fields: {
    sessionId: z.string().min(1).max(100).meta({ description: 'One visit of one browser' }),
    customerId: id().optional().meta({ description: 'Whose cart, if known' }),
    items: z.array(item).max(100).meta({ description: 'The whole cart after the change' }),
  },
});
