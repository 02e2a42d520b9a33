import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../core/openapi/document.ts';
import { schemas } from '../../../schemas/index.ts';

const document = openApi(schemas, { title: 'Store', version: '1.2.3' });
const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(document, 'api');

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every part of the document, with its place. */
const partsOf = (value: unknown, place = '#'): [place: string, part: Part][] => {
  if (Array.isArray(value)) return value.flatMap((one, index) => partsOf(one, `${place}/${index}`));
  if (!isPart(value)) return [];
  const inner = Object.entries(value)
    .filter(([name]) => !['example', 'examples', 'properties'].includes(name))
    .flatMap(([name, one]) => partsOf(one, `${place}/${name.replaceAll('/', '~1')}`));
  return [[place, value], ...inner];
};

const resolve = (part: unknown): Part => {
  const { $ref } = part as { $ref?: string };
  return $ref === undefined
    ? (part as Part)
    : ($ref
        .slice(2)
        .split('/')
        .reduce<unknown>((value, name) => (value as Part)[name], document) as Part);
};

/** What a parameter, header or media type shows, or its schema if it shows nothing itself. */
const examplesOf = ({ example, examples, schema }: Part): unknown[] => {
  if (example !== undefined) return [example];
  if (isPart(examples)) return Object.values(examples).map((one) => resolve(one).value);
  return (resolve(schema).examples as unknown[] | undefined) ?? [];
};

/** Parameters, headers and media types: whatever has a schema of its own. */
const described = partsOf(document).filter(
  ([place, { schema }]) => schema !== undefined && !place.includes('/schemas/'),
);

describe('every parameter, header and body of the document', () => {
  it('has an example', () => {
    const without = described.filter(([, part]) => examplesOf(part).length === 0);

    expect(without.map(([place]) => place)).toEqual([]);
    expect(described.length).toBeGreaterThan(150);
  });

  it('has only examples that are as its schema says', () => {
    const wrong = described.flatMap(([place, part]) => {
      const validate = ajv.getSchema(`api${encodeURI(`${place}/schema`)}`);
      const bad = examplesOf(part).filter((example) => !validate?.(example));
      return bad.map((example) => [place, example, validate?.errors]);
    });

    expect(wrong).toEqual([]);
  });

  it('has only component schemas with examples that are as they say', () => {
    const all = Object.entries(document.components.schemas ?? {});
    const wrong = all.flatMap(([name, schema]) =>
      (((schema as Part).examples as unknown[] | undefined) ?? []).filter(
        (example) => !ajv.getSchema(`api#/components/schemas/${name}`)?.(example),
      ),
    );

    expect(wrong).toEqual([]);
  });
});
