import { orderRule } from './order.ts';
import type { Rule } from './rule.ts';

/** The business rules by name of entity. An entity that is not here has none. */
export const rules: Readonly<Record<string, Rule>> = { order: orderRule };
