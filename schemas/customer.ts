import { entity, z } from '../core/schema/index.ts';

export const customer = entity({
  name: 'customer',
  description: 'Somebody who buys in the store',
  fields: {
    email: z.email().max(254).meta({ personal: true, description: 'Where order news is sent' }),
    name: z
      .string()
      .min(1)
      .max(200)
      .meta({ personal: true, description: 'Full name, as the person writes it' }),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .meta({ description: 'ISO 3166-1 alpha-2 code' }),
  },
  indexes: { byEmail: ['email'] },
  unique: ['email'],
  access: {
    owner: 'id',
    create: ['owner', 'group:staff'],
    read: ['owner', 'group:staff', 'scope:customers.read'],
    list: ['owner', 'group:staff'],
    change: ['owner', 'group:staff'],
  },
});
