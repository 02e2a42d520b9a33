/** JSON as Trino prints it: no spaces, object keys in order, numbers as they were written. */
export const canonicalJson = (text: string): string => {
  const value = JSON.parse(text, (_key, item: unknown, context?: { source?: string }) =>
    typeof item === 'number' ? { [NUMBER]: context?.source ?? String(item) } : item,
  ) as unknown;
  return write(value);
};

const NUMBER = Symbol('number');

const write = (value: unknown): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (NUMBER in value) return String(value[NUMBER]);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
};
