/** What is checked of a customer and of who asks, the same for each framework. */
import * as z from 'zod';

/** The rules of schemas/customer.ts. */
export const customerBody = z.strictObject({
  email: z.email().max(254),
  name: z.string().min(1).max(200),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

export const customerPath = z.object({ id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/) });

const time = z.iso.datetime();

export const customerRecord = customerBody.extend({
  id: z.string(),
  version: z.int().min(1),
  createdAt: time,
  updatedAt: time,
});

/** API Gateway hands the groups of a token on as `[a b]`. */
export const isStaff = (event: unknown): boolean => {
  const { requestContext } = event as {
    requestContext: { authorizer?: { jwt?: { claims?: Record<string, unknown> } } };
  };
  const groups = requestContext.authorizer?.jwt?.claims?.['cognito:groups'];
  return typeof groups === 'string' && groups.slice(1, -1).split(' ').includes('staff');
};
