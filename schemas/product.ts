import { entity, money, z } from '../core/schema/index.ts';

export const product = entity({
  name: 'product',
  description: 'Something the store sells',
  fields: {
    name: z.string().min(1).max(200).meta({ description: 'Name on the shelf' }),
    category: z.string().min(1).max(50).meta({ description: 'Shelf the product stands on' }),
    price: money().meta({ description: 'Price of one piece' }),
    stock: z.int().min(0).meta({ description: 'Pieces that can be sold now' }),
    tags: z.array(z.string().min(1).max(50)).max(20).default([]).meta({ description: 'Words to find it by' }),
  },
  indexes: { byCategory: ['category', 'name'] },
  access: { read: ['group:customer', 'group:staff', 'scope:products.read'] },
});
