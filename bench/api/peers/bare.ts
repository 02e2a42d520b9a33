/** GET and POST of a customer with the SDK and nothing else: no router, no validation, no access, no logs. */
import type { HttpEvent } from '../../../functions/api/call.ts';
import { createCustomer, readCustomer, type CustomerBody } from './table.ts';

export const handler = async ({ pathParameters, body }: HttpEvent) => ({
  statusCode: body ? 201 : 200,
  body: JSON.stringify(
    body
      ? await createCustomer(JSON.parse(body) as CustomerBody)
      : await readCustomer(pathParameters?.id ?? ''),
  ),
});
