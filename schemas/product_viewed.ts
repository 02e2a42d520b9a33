import { event, id, z } from '../core/schema/index.ts';

export const productViewed = event({
  name: 'product_viewed',
  description: 'Somebody looked at a product',
  access: { create: ['authenticated'] },
  subject: 'customerId',
  fields: {
    productId: id().meta({ description: 'The product looked at' }),
    sessionId: z.string().min(1).max(100).meta({ description: 'One visit of one browser' }),
    customerId: id().optional().meta({ description: 'Who looked, if known' }),
  },
});
