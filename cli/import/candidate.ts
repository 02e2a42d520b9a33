import type * as z from 'zod';
import { internalAttributes } from '../../core/table/internal.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { issuesOf } from '../../core/schema/issues.ts';
import { importSchema } from '../../core/schema/record.ts';
import type { Line } from './lines.ts';

/** A record of the file that fits its schema. `given` is what the file says, `item` what will be stored. */
export interface Candidate {
  readonly line: Line;
  readonly key: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly item: Readonly<Record<string, unknown>>;
}

/** A line that cannot be imported, and why. */
export interface Reject {
  readonly line: Line;
  readonly reasons: readonly string[];
}

export type Checked = { readonly candidate: Candidate } | { readonly reject: Reject };

const parseJson = (text: string): { value: unknown } | { problem: string } => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `not valid JSON: ${(error as Error).message}` };
  }
};

const reasonsOf = (error: z.core.$ZodError): string[] =>
  issuesOf(error).map(({ pointer, message }) => `${pointer || '/'}: ${message}`);

/**
 * Compiles an entity into a check of one line: a whole record of an existing system, its times and version included
 * where the file has them.
 */
export const lineChecker = (entity: Entity, now: string): ((line: Line) => Checked) => {
  const schema = importSchema(entity);
  return (line) => {
    const parsed = parseJson(line.text);
    if ('problem' in parsed) return { reject: { line, reasons: [parsed.problem] } };
    const { data, error } = schema.safeParse(parsed.value);
    if (!data) return { reject: { line, reasons: reasonsOf(error) } };
    const createdAt = data.createdAt ?? now;
    const item = {
      ...data,
      createdAt,
      updatedAt: data.updatedAt ?? createdAt,
      ...internalAttributes(entity, data),
    };
    return {
      candidate: { line, key: JSON.stringify(entity.key.map((name) => data[name])), given: data, item },
    };
  };
};
