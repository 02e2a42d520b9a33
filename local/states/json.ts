/** A JSON value: what states hand to each other. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as Step Functions would write it: fields without a value are left out. */
export const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null') as Json;

/** Bytes of a value as JSON text. */
export const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

/** A text as it is, another value as JSON text. */
export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);
