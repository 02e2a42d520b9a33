import * as z from 'zod';
import { eventAccessSchema, type EventAccess } from '../access/access.ts';
import { SchemaError } from './error.ts';
import { describeFields, type Field } from './field-type.ts';
import { parseOptions, type Shape } from './options.ts';
import { checkPersonalEvent } from './subject.ts';

/** An append-only fact: goes straight to the lake, is never changed. */
export interface Event<F extends Shape = Shape> {
  readonly kind: 'event';
  readonly name: string;
  readonly plural: string;
  readonly description: string;
  readonly version: number;
  readonly shape: Shape;
  readonly fields: readonly Field[];
  /** Who may report it. */
  readonly access: EventAccess;
  /** The field that says whose data an event is. */
  readonly subject: string | undefined;
  readonly own?: F;
}

/** What a schema file says of an event. */
export interface EventOptions<F extends Shape> {
  name: string;
  description: string;
  fields: F;
  plural?: string;
  version?: number;
  /** Who may report it. Left out, the group `staff`. */
  access?: Partial<EventAccess>;
  /** The field with the identifier of the person whose data an event is. */
  subject?: string;
}

const optionsSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower snake case, at most 40 characters'),
  description: z.string().min(1),
  fields: z.record(z.string(), z.custom<Shape[string]>()),
  plural: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower snake case')
    .optional(),
  version: z.int().min(1).default(1),
  access: eventAccessSchema.prefault({}),
  subject: z.string().optional(),
});

/**
 * Declares a fact that clients report and analysts count.
 * Throws SchemaError, which names the field and the cure.
 *
 * @example
 * export const searched = event({
 *   name: 'searched',
 *   description: 'Somebody searched the store',
 *   fields: { text: z.string().max(200) },
 * });
 */
export const event = <const F extends Shape>(options: EventOptions<F>): Event<F> => {
  const { fields: _fields, ...said } = parseOptions(optionsSchema, options);
  for (const field of Object.keys(options.fields)) {
    if (field.startsWith('event') || field === 'dt')
      throw new SchemaError(
        `${said.name}.${field}`,
        `"${field}" is a reserved name: every event row has its own`,
        'Rename the field',
      );
  }
  const declared: Event<F> = {
    kind: 'event',
    ...said,
    subject: said.subject,
    plural: said.plural ?? said.name,
    shape: options.fields,
    fields: describeFields(options.fields, said.name),
  };
  checkPersonalEvent(declared);
  return Object.freeze(declared);
};
