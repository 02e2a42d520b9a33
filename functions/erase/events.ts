import * as z from 'zod';
import { isSubject } from '../../core/privacy/subject.ts';

const subject = z.string().refine(isSubject, 'it is no identifier of a person');
const tries = z.int();

/** What the state machine asks of the function, step by step. */
export const eraseEvent = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('begin'), subject }),
  z.strictObject({ step: z.literal('records'), subject }),
  z.strictObject({ step: z.literal('await'), subject, tries }),
  z.strictObject({ step: z.literal('arrived'), subject, positions: z.array(z.int()), query: z.string() }),
  z.strictObject({ step: z.literal('lake'), subject }),
  z.strictObject({ step: z.literal('cleared'), subject }),
  z.strictObject({ step: z.literal('quarantine'), subject }),
  z.strictObject({ step: z.literal('marts'), subject, tries }),
  z.strictObject({ step: z.literal('report'), subject }),
]);

export type EraseEvent = z.infer<typeof eraseEvent>;
