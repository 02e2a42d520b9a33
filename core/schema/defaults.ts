import { definition } from './field-type.ts';
import type { Shape } from './options.ts';

/** A field that a record has even if its writer did not know it. */
export interface Default {
  readonly name: string;
  /** Makes the value, anew at each call. */
  readonly value: () => unknown;
}

/**
 * The fields of a shape with a `.default()`.
 *
 * @example
 * defaultsOf({ stock: z.int().default(0), note: z.string() }) // [{ name: 'stock', value: () => 0 }]
 */
export const defaultsOf = (shape: Shape): readonly Default[] =>
  Object.entries(shape).flatMap(([name, schema]) => {
    const rule = definition(schema);
    return rule.type === 'default'
      ? [{ name, value: () => structuredClone(rule.defaultValue) as unknown }]
      : [];
  });
