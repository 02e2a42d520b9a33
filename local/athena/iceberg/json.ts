const { rawJSON } = JSON as unknown as { rawJSON(this: void, text: string): unknown };

/** Reads JSON in which integers of more than 53 bits, such as snapshot ids, must not lose digits: they are bigint. */
export const parseJson = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && key.endsWith('snapshot-id') ? BigInt(context?.source ?? value) : value,
  );

/** Writes a bigint as the number it is. */
export const printJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? rawJSON(String(item)) : item));
