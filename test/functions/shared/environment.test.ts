import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseEnvironment } from '../../../functions/shared/environment.ts';

const schema = z.object({ STAGE: z.string().regex(/^[a-z]+$/), SIZE: z.coerce.number().default(3) });

describe('parseEnvironment', () => {
  it('gives the named variables, with defaults, and no other', () => {
    expect(parseEnvironment(schema, { STAGE: 'dev', PATH: '/bin' })).toEqual({ STAGE: 'dev', SIZE: 3 });
  });

  it('names a missing variable', () => {
    expect(() => parseEnvironment(schema, {})).toThrow('the variable STAGE is missing');
  });

  it('names every wrong variable without repeating its value', () => {
    const wrong = { STAGE: 'secret-1', SIZE: 'many' };

    expect(() => parseEnvironment(schema, wrong)).toThrow(/^(?!.*secret).*STAGE is wrong .*SIZE is wrong/);
  });
});
